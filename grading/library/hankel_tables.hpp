// The tables of hankel.hpp, one struct for each accuracy. Made by fit_hankel.py; do not edit.
#pragma once

#include <array>
#include <cstdint>

namespace wave {

// clang-format off

/// From a first guess of z^(-1/4), whose bits are `magic` less a quarter of z's, to z^(-1/4): a step is a
/// polynomial of 1 − z guess⁴.
struct RootTables {
    static constexpr std::uint64_t magic = 0x4feb000000000000;
    // z^(-1/4) / guess: error at most 3.2e-06
    static constexpr std::array<double, 4> first_step{
        0.9999970529165346, 0.24999749350119008, 0.15775487610424874, 0.11846730573374321};
    // z^(-1/4) / guess: error at most 6.3e-17
    static constexpr std::array<double, 3> second_step{
        1.0, 0.25000000001457123, 0.1562500000118391};
    // z^(-1/4) / guess: error at most 9.6e-09
    static constexpr std::array<double, 6> step_in_float{
        1.0000000086361422, 0.25000000771476694, 0.15624007026714043, 0.11717862981888506,
        0.09690060608628244, 0.08243833824949515};
};

/// Relative error of H0 and H1: 1.0e-12 at most, rounding apart.
struct Digits12 {
    static constexpr double error = 1e-12;
    /// Below this x the "near" tables hold, from it on the "far" ones.
    static constexpr double border = 10.5;
    // P0: error at most 2.8e-13
    static constexpr std::array<double, 6> far_p0{
        0.7978845608025765, -0.05610125587951499, 0.08948140838919846, -0.45530899149477627, 4.50485619685514,
        -47.857712606299444};
    // x Q0: error at most 1.4e-13
    static constexpr std::array<double, 6> far_q0{
        -0.09973557009881466, 0.05843879829849271, -0.1811897706047919, 1.3705334062961576,
        -17.586095834155017, 215.67637481846145};
    // P1: error at most 3.1e-13
    static constexpr std::array<double, 6> far_p1{
        0.7978845608031823, 0.09350209444427676, -0.11504809640243668, 0.5382195464294375, -5.118623624984109,
        53.400089823612355};
    // x Q1: error at most 1.6e-13
    static constexpr std::array<double, 6> far_q1{
        0.29920671029939266, -0.08181432143852164, 0.22145631713876568, -1.5819050851147534,
        19.711004673790566, -238.4225024205762};
    // J0: error at most 1.8e-13
    static constexpr std::array<double, 16> near_j0{
        0.27581753817733423, -0.007816945429261932, -0.0005545345951459724, 1.2614889608185868e-05,
        3.79435257798236e-08, -3.411173528118657e-09, 4.5831266406864784e-11, -3.442963858182031e-13,
        1.7533871567413842e-15, -6.586718239117484e-18, 1.918418907922937e-20, -4.4813181195779795e-23,
        8.606482787693074e-26, -1.3860774805441047e-28, 1.9292576201860664e-31, -2.27419039012873e-34};
    // R0: error at most 3.1e-13
    static constexpr std::array<double, 16> near_r0{
        -0.13294858465132747, 0.023110557001906607, 0.00013698876354024383, -1.6990291547046005e-05,
        1.4296714830314165e-07, 1.6902277725997898e-09, -4.059826390031287e-11, 3.731424307195009e-13,
        -2.138034227103667e-15, 8.722262681687324e-18, -2.7060902496925963e-20, 6.652458955745441e-23,
        -1.3334176424181507e-25, 2.227838034030798e-28, -3.204832352025029e-31, 3.886192148671028e-34};
    // J1 / x: error at most 5.8e-14
    static constexpr std::array<double, 16> near_j1{
        0.015633890858522355, 0.0022181383805926383, -7.568933764905969e-05, -3.0354820635953313e-07,
        3.411173528085759e-08, -5.499751964046834e-10, 4.820149402176628e-12, -2.805419533141527e-14,
        1.1856092755756469e-16, -3.8368305878514736e-19, 9.858903794061432e-22, -2.0658932330688514e-24,
        3.6036995242912565e-27, -5.322207331865477e-30, 6.832892017677988e-33, -7.495553938981779e-36};
    // R1: error at most 1.0e-13
    static constexpr std::array<double, 16> near_r1{
        -0.037857778421078445, -0.0006093956630279303, 0.00010946044853995168, -1.4258158693619836e-06,
        -1.2223400911004839e-08, 4.4169605849381077e-10, -4.928193267431927e-12, 3.281871003568668e-14,
        -1.5203749655339793e-16, 5.272486139796014e-19, -1.4317020560152112e-21, 3.140736366012504e-24,
        -5.696823944532517e-27, 8.704421194362007e-30, -1.1523672520857566e-32, 1.2982854349223913e-35};
    // sin(π u) / u: error at most 7.9e-14
    static constexpr std::array<double, 7> sine{
        3.141592653589635, -5.167712779987959, 2.550164035906745, -0.5992644339357286, 0.08214479467064854,
        -0.007364005472115722, 0.0004474920849077101};
    // cos(π u): error at most 2.0e-15
    static constexpr std::array<double, 8> cosine{
        0.9999999999999981, -4.934802200543686, 4.058712126333295, -1.3352627661817635, 0.23533058831317874,
        -0.025806531975921563, 0.0019278700526981333, -0.0001004164642205389};
    // ln(m) / s: error at most 5.4e-14
    static constexpr std::array<double, 6> logarithm{
        1.9999999999999472, 0.6666666667957926, 0.3999999489183238, 0.28572166145875727, 0.2217424991007749,
        0.19608095639753054};
};

/// Relative error of H0 and H1: 1.0e-8 at most, rounding apart.
struct Digits8 {
    static constexpr double error = 1e-08;
    /// Below this x the "near" tables hold, from it on the "far" ones.
    static constexpr double border = 7.0;
    // P0: error at most 3.6e-09
    static constexpr std::array<double, 4> far_p0{
        0.7978845570597652, -0.05609533587311105, 0.08796205326619054, -0.3218523398090524};
    // x Q0: error at most 1.8e-09
    static constexpr std::array<double, 4> far_q0{
        -0.0997355567545936, 0.05841765096906824, -0.17570710608144924, 0.8774963562152631};
    // P1: error at most 4.1e-09
    static constexpr std::array<double, 4> far_p1{
        0.7978845651002813, 0.09349529918858927, -0.11330608940898576, 0.3856106496935511};
    // x Q1: error at most 2.1e-09
    static constexpr std::array<double, 4> far_q1{
        0.2992066951974779, -0.08179039370804708, 0.21525972414718134, -1.026087399746017};
    // J0: error at most 4.6e-10
    static constexpr std::array<double, 11> near_j0{
        -0.19390981858159365, 0.03247866229700072, 0.00032650596490372056, -6.412033391832211e-05,
        1.685226310063517e-06, -2.2313363899852012e-08, 1.8575097836855227e-10, -1.077364021867497e-12,
        4.633538825601066e-15, -1.5563009941289946e-17, 4.120093040853616e-20};
    // R0: error at most 7.0e-10
    static constexpr std::array<double, 11> near_r0{
        -0.18879569228247903, -0.0328600546055839, 0.0012118861047739566, 2.007992105587147e-05,
        -1.2286735576950766e-06, 2.1117182910453383e-08, -2.0372078187842613e-10, 1.3070978664688143e-12,
        -6.0658816855707815e-15, 2.1667464059563327e-17, -6.029027508391502e-20};
    // J1 / x: error at most 1.4e-10
    static constexpr std::array<double, 11> near_j1{
        -0.06495732474346996, -0.0013060238623182597, 0.0003847220184546984, -1.348181040844157e-05,
        2.2313340657523816e-07, -2.229012244711108e-09, 1.5084335564534628e-11, -7.413534094826168e-14,
        2.7747942498557374e-16, -8.2508508853327e-19, 1.965846823159334e-21};
    // R1: error at most 2.2e-10
    static constexpr std::array<double, 11> near_r1{
        0.09674323584479538, -0.0069577356414869075, -4.283338288286385e-05, 8.326290705398889e-06,
        -1.9361028026993506e-07, 2.307667292217964e-09, -1.75367666322721e-11, 9.384532310261918e-14,
        -3.7547302288915047e-16, 1.1798091135765962e-18, -2.942144012164207e-21};
    // sin(π u) / u: error at most 2.7e-11
    static constexpr std::array<double, 6> sine{
        3.141592653536132, -5.167712764593, 2.550163317938427, -0.599252186531583, 0.08205035020147247,
        -0.007028303855203096};
    // cos(π u): error at most 2.2e-10
    static constexpr std::array<double, 6> cosine{
        0.999999999779154, -4.934802136928946, 4.058709154763134, -1.3352119493905503, 0.2349370685950865,
        -0.024395932097550446};
    // ln(m) / s: error at most 1.4e-09
    static constexpr std::array<double, 4> logarithm{
        1.9999999986313182, 0.6666681533815119, 0.3997485051751905, 0.29924390479144986};
};

/// Relative error of H0 and H1: 1.0e-7 at most, rounding apart.
struct Digits7 {
    static constexpr double error = 1e-07;
    /// Below this x the "near" tables hold, from it on the "far" ones.
    static constexpr double border = 5.5;
    // P0: error at most 1.9e-08
    static constexpr std::array<double, 4> far_p0{
        0.7978845408096159, -0.0560816455270537, 0.08630132351776577, -0.2721919341312409};
    // x Q0: error at most 1.2e-08
    static constexpr std::array<double, 4> far_q0{
        -0.09973550195437637, 0.05837175715170636, -0.17015044455307335, 0.7113851505785416};
    // P1: error at most 2.2e-08
    static constexpr std::array<double, 4> far_p1{
        0.7978845838824615, 0.09347946460623036, -0.11138481653300625, 0.3281575318632633};
    // x Q1: error at most 1.3e-08
    static constexpr std::array<double, 4> far_q1{
        0.2992066327874541, -0.08173809071722948, 0.2089256615671239, -0.8367300618906};
    // J0: error at most 7.7e-09
    static constexpr std::array<double, 9> near_j0{
        -0.4020997835601371, 0.002947709910209355, 0.0032256938093975307, -0.00015029986034638545,
        3.0097759958687456e-06, -3.49783339724328e-08, 2.68993948522509e-10, -1.4882065268041132e-12,
        6.135368959145003e-15};
    // R0: error at most 1.1e-08
    static constexpr std::array<double, 9> near_r0{
        0.19806788476992396, -0.045328148751688196, -0.00020050889593393396, 8.845184999333773e-05,
        -2.5283014770010873e-06, 3.528865749436667e-08, -3.0601553877555704e-10, 1.850638132886768e-12,
        -8.17049868666705e-15};
    // J1 / x: error at most 2.2e-09
    static constexpr std::array<double, 9> near_j1{
        -0.0058954160132986405, -0.012902775158683774, 0.0009017984962300242, -2.4078211416433563e-05,
        3.498008063397778e-07, -3.227891191610492e-09, 2.069235132916411e-11, -9.8271373637239e-14,
        3.5607966723095886e-16};
    // R1: error at most 3.2e-09
    static constexpr std::array<double, 9> near_r1{
        0.14967146206144197, -0.0032238646366917747, -0.00040030621859552017, 1.793086953163273e-05,
        -3.2782261791921333e-07, 3.48571950558814e-09, -2.4705400668608947e-11, 1.2677976722343715e-13,
        -4.884766950098109e-16};
    // sin(π u) / u: error at most 6.7e-09
    static constexpr std::array<double, 5> sine{
        3.1415926400772034, -5.167710076668315, 2.550077386528912, -0.5982904112834275, 0.07765591227601387};
    // cos(π u): error at most 4.7e-08
    static constexpr std::array<double, 5> cosine{
        0.9999999530275123, -4.934792802489459, 4.058410790762598, -1.331872972787485, 0.21968242357537815};
    // ln(m) / s: error at most 1.4e-09
    static constexpr std::array<double, 4> logarithm{
        1.9999999986313182, 0.6666681533815119, 0.3997485051751905, 0.29924390479144986};
};

/// Relative error of H0 and H1: 3.0e-7 at most, rounding apart.
struct Digits6 {
    static constexpr double error = 3e-07;
    /// Below this x the "near" tables hold, from it on the "far" ones.
    static constexpr double border = 7.0;
    // P0: error at most 8.9e-08
    static constexpr std::array<double, 3> far_p0{
        0.7978844680533455, -0.05601861773697812, 0.07804590502713289};
    // x Q0: error at most 3.5e-08
    static constexpr std::array<double, 3> far_q0{
        -0.09973531129887726, 0.0582074879394671, -0.1486241595828936};
    // P1: error at most 1.1e-07
    static constexpr std::array<double, 3> far_p1{
        0.7978846715688629, 0.09340344519791206, -0.10142853444313137};
    // x Q1: error at most 4.1e-08
    static constexpr std::array<double, 3> far_q1{
        0.29920640862286724, -0.08154480209537456, 0.18359827652268587};
    // J0: error at most 1.7e-08
    static constexpr std::array<double, 10> near_j0{
        -0.19390981231484186, 0.032478662358152575, 0.0003265054427813836, -6.412033527686187e-05,
        1.6852332697774855e-06, -2.231335575130631e-08, 1.857185099571396e-10, -1.0773821233190046e-12,
        4.695362335650159e-15, -1.554960642457761e-17};
    // R0: error at most 2.5e-08
    static constexpr std::array<double, 10> near_r0{
        -0.18879570145231644, -0.03286005469895004, 0.0012118868687839004, 2.00799231300977e-05,
        -1.2286837418076952e-06, 2.111717046913048e-08, -2.0367327062811944e-10, 1.3071255041611922e-12,
        -6.156349019239308e-15, 2.164699920897124e-17};
    // J1 / x: error at most 5.8e-09
    static constexpr std::array<double, 10> near_j1{
        -0.06495732444443127, -0.0013060238596641206, 0.00038472199354078424, -1.3481810467404333e-05,
        2.2313373866152494e-07, -2.2290118910560407e-09, 1.5082786343629784e-11, -7.413612656208612e-14,
        2.804292790767612e-16, -8.245033719718808e-19};
    // R1: error at most 8.6e-09
    static constexpr std::array<double, 10> near_r1{
        0.09674323539726212, -0.00695773564561851, -4.2833345596866725e-05, 8.326290797184775e-06,
        -1.9361077727253482e-07, 2.3076667416890884e-09, -1.753444804276019e-11, 9.384654605869432e-14,
        -3.7988784443499163e-16, 1.1789035596603554e-18};
    // sin(π u) / u: error at most 6.7e-09
    static constexpr std::array<double, 5> sine{
        3.1415926400772034, -5.167710076668315, 2.550077386528912, -0.5982904112834275, 0.07765591227601387};
    // cos(π u): error at most 4.7e-08
    static constexpr std::array<double, 5> cosine{
        0.9999999530275123, -4.934792802489459, 4.058410790762598, -1.331872972787485, 0.21968242357537815};
    // ln(m) / s: error at most 1.4e-09
    static constexpr std::array<double, 4> logarithm{
        1.9999999986313182, 0.6666681533815119, 0.3997485051751905, 0.29924390479144986};
};

/// For x from `border` on, seen from a neighbour of the point: x² is (1 + growth) times the neighbour's, and x
/// differs from that by 2.5 at most. Relative error of H0 and H1 / x: 3.0e-7 at most, rounding apart.
struct FarAway6 {
    static constexpr double error = 3e-07;
    static constexpr double border = 19.0;
    /// Up or down.
    static constexpr double largest_growth = 0.098;
    // P0: error at most 8.4e-08
    static constexpr std::array<double, 2> far_p0{
        0.7978844761558146, -0.05585637170502335};
    // x Q0: error at most 8.9e-09
    static constexpr std::array<double, 2> far_q0{
        -0.09973539983671281, 0.05794581601043882};
    // P1: error at most 1.1e-07
    static constexpr std::array<double, 2> far_p1{
        0.797884669756355, 0.09318693549592769};
    // x Q1: error at most 1.1e-08
    static constexpr std::array<double, 2> far_q1{
        0.2992065019629352, -0.0812111835195922};
    // (1 + growth)^(-1/4): error at most 1.5e-07
    static constexpr std::array<double, 5> inverse_root{
        1.0, -0.24999764514278067, 0.15624793880739682, -0.11816644101997027, 0.09607164770762008};
    // (√(1 + growth) − 1) / growth: error at most 6.2e-08
    static constexpr std::array<double, 5> further{
        0.5, -0.12499940432141265, 0.06249953174867485, -0.03931021544059353, 0.027538456196051265};
};

// clang-format on

}  // namespace wave
