// Two flame graphs of d3-flame-graph, one above the other: colours by the change between them, widths on one time
// scale or each its own, search in both, and a way through all boxes for the keyboard.
"use strict";
(() => {
    const sides = JSON.parse(document.getElementById("data").textContent);
    const names = { reference: "the reference", yours: "yours", solution: "the solution" };
    const rowHeight = 20;
    const narrowest = 0.5; // pixels: boxes below that are left out
    const least = 0.1; // a smaller change, relative to the larger time, is none
    const sampled = (role) => (sides[role].samples ? sides[role].milliseconds / sides[role].samples : 0);
    const readable = 1 / 8; // of the width: where one graph would be narrower, each gets the whole
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const element = (id) => document.getElementById(id);
    const graphs = {};
    let term = "";
    let scaleChosen = false;

    const choice = (name) => document.querySelector(`input[name="${name}"]:checked`).value;
    const upper = () => choice("above");

    function digits(value) {
        if (value === 0) return "0";
        const places = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
        return value.toFixed(Math.min(places, 9));
    }

    // Milliseconds of a call in yours and in the graph above, wherever the function stands.
    function times(key) {
        return { yours: sides.yours.totals[key] || 0, other: sides[upper()].totals[key] || 0 };
    }

    function colour(node) {
        const style = getComputedStyle(document.documentElement);
        if (node.highlight) return style.getPropertyValue("--found").trim();
        const { yours, other } = times(node.data.key);
        const full = style.getPropertyValue(yours > other ? "--new" : "--gone").trim();
        return mixed(style.getPropertyValue("--same").trim(), full, change(yours, other));
    }

    // How much of the larger time is gone or new; 0 where chance would explain it: n samples stand for n ± sqrt(n).
    function change(yours, other) {
        const doubt = Math.sqrt(yours * sampled("yours")) + Math.sqrt(other * sampled(upper()));
        const larger = Math.max(yours, other, 1e-12);
        const difference = Math.abs(yours - other);
        return difference < least * larger + doubt ? 0 : difference / larger;
    }

    function mixed(from, to, share) {
        const part = (text, place) => parseInt(text.slice(1 + 2 * place, 3 + 2 * place), 16);
        const one = (place) => Math.round(part(from, place) + share * (part(to, place) - part(from, place)));
        return `rgb(${one(0)}, ${one(1)}, ${one(2)})`;
    }

    function inWords(role, node) {
        const own = node.data.value;
        const { yours, other } = times(node.data.key);
        const more = yours - other;
        const share = (100 * own) / sides[role].milliseconds;
        const where = node.data.about ? ` (${node.data.about})` : "";
        const here = `${node.data.name}${where}: ${digits(own)} ms a call, ${share.toFixed(1)} % of ${names[role]}`;
        const sign = more > 0 ? "+" : "−";
        const both = `in all, yours ${digits(yours)} ms, ${names[upper()]} ${digits(other)} ms`;
        return `${here}; ${both}, ${sign}${digits(Math.abs(more))} ms`;
    }

    function width(role) {
        const room = element("above").clientWidth;
        if (choice("scale") === "each") return room;
        const longest = Math.max(sides.yours.milliseconds, sides[upper()].milliseconds);
        return Math.max(2, (room * sides[role].milliseconds) / longest);
    }

    // What the library draws is for the pointer; this adds names, a place in the tab order and marks of the search.
    function dress(place) {
        const { role } = graphs[place];
        d3.select(element(place)).selectAll("g.frame").each(function (node) {
            this.setAttribute("role", "button");
            this.setAttribute("aria-label", inWords(role, node));
            this.setAttribute("tabindex", "-1");
            this.classList.toggle("found", Boolean(node.highlight));
        });
        const first = element(place).querySelector("g.frame");
        if (first) first.setAttribute("tabindex", "0");
    }

    function draw(place, role) {
        const box = element(place);
        if (graphs[place]) graphs[place].chart.destroy();
        const chart = flamegraph()
            .width(width(role))
            .cellHeight(rowHeight)
            .minFrameSize(narrowest)
            .inverted(place === "below")
            .resetHeightOnZoom(true)
            .transitionDuration(calm.matches ? 0 : 250)
            .sort(true)
            .setColorMapper(colour)
            .setLabelHandler((node) => inWords(role, node))
            .setDetailsHandler(() => {})
            .setSearchHandler(() => {})
            .setSearchMatch((node, wanted) => node.data.name.toLowerCase().includes(wanted.toLowerCase()))
            .onClick(() => dress(place));
        graphs[place] = { chart, role };
        const copy = JSON.parse(JSON.stringify(sides[role].tree)); // the library notes what is hidden in it
        d3.select(box).datum(copy).call(chart);
        const time = `${digits(sides[role].milliseconds)} ms a call`;
        element(`${place}-title`).textContent = `${names[role][0].toUpperCase()}${names[role].slice(1)}: ${time}`;
        dress(place);
    }

    function drawBoth() {
        draw("above", upper());
        draw("below", "yours");
        if (term) search(term);
    }

    // The boxes that match and are not within another that does: their times can be added.
    function matching(place) {
        const found = [];
        const walk = (node) => {
            if (node.highlight) found.push(node);
            else (node.children || []).forEach(walk);
        };
        d3.select(element(place)).each(walk);
        return found;
    }

    function search(text) {
        term = text.trim();
        for (const place of ["above", "below"]) {
            if (term) graphs[place].chart.search(term);
            else graphs[place].chart.clear();
            dress(place);
        }
        element("found").textContent = term ? ["above", "below"].map(sumInWords).join("; ") : "";
    }

    function sumInWords(place) {
        const found = matching(place);
        const { role } = graphs[place];
        const sum = found.reduce((total, node) => total + node.data.value, 0);
        const share = (100 * sum) / sides[role].milliseconds;
        if (!found.length) return `nothing in ${names[role]}`;
        return `${digits(sum)} ms a call, ${share.toFixed(1)} %, in ${names[role]}`;
    }

    function reset() {
        for (const place of ["above", "below"]) {
            graphs[place].chart.resetZoom();
            dress(place);
        }
    }

    const nodeOf = (frame) => d3.select(frame).datum();

    // The next box in a direction: to the left or right on the same row, up or down the widest of its relations.
    // By the layout's numbers, not by what is on the screen: boxes take a moment to get to their new places.
    function neighbour(frame, key) {
        const node = nodeOf(frame);
        const [left, right] = ["ArrowLeft", "ArrowRight"];
        const toChildren = frame.closest("#above") ? "ArrowUp" : "ArrowDown"; // the roots face each other
        const fits = (other) => {
            if (key === left) return other.depth === node.depth && other.x0 < node.x0;
            if (key === right) return other.depth === node.depth && other.x0 > node.x0;
            return key === toChildren ? other.parent === node : other === node.parent;
        };
        const nearest = { [left]: (other) => -other.x0, [right]: (other) => other.x0 };
        const order = nearest[key] || ((other) => other.x0 - other.x1);
        const frames = [...frame.parentNode.querySelectorAll("g.frame")].filter((each) => fits(nodeOf(each)));
        return frames.sort((one, two) => order(nodeOf(one)) - order(nodeOf(two)))[0];
    }

    function move(from, to) {
        if (!to) return;
        from.setAttribute("tabindex", "-1");
        to.setAttribute("tabindex", "0");
        to.focus();
    }

    function onKey(event) {
        const frame = event.target.closest("g.frame");
        if (event.key === "Escape") return reset();
        if (!frame) return;
        if (event.key.startsWith("Arrow")) {
            event.preventDefault();
            move(frame, neighbour(frame, event.key));
        } else if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            frame.dispatchEvent(new MouseEvent("click", { bubbles: true }));
            move(frame, frame);
        }
    }

    function say(event) {
        const frame = event.target.closest("g.frame");
        if (frame) element("details").textContent = frame.getAttribute("aria-label");
    }

    // One time scale, where both graphs can be read then, until somebody chooses.
    function chooseScale() {
        if (scaleChosen) return;
        const both = [sides.yours.milliseconds, sides[upper()].milliseconds];
        const scale = Math.min(...both) < readable * Math.max(...both) ? "each" : "one";
        document.querySelector(`input[name="scale"][value="${scale}"]`).checked = true;
    }

    function onChoice(event) {
        if (event.target.type !== "radio") return;
        scaleChosen = scaleChosen || event.target.name === "scale";
        chooseScale();
        drawBoth();
    }

    function start() {
        chooseScale();
        element("controls").addEventListener("submit", (event) => event.preventDefault());
        element("controls").addEventListener("change", onChoice);
        element("search").addEventListener("input", (event) => search(event.target.value));
        element("reset").addEventListener("click", reset);
        for (const place of ["above", "below"]) {
            element(place).addEventListener("keydown", onKey);
            element(place).addEventListener("mouseover", say);
            element(place).addEventListener("focusin", say);
        }
        dark.addEventListener("change", drawBoth);
        let room = innerWidth;
        addEventListener("resize", () => innerWidth !== room && ((room = innerWidth), drawBoth()));
        drawBoth();
    }

    start();
})();
