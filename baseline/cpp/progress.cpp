// A progress bar for work that takes more than a second, on a terminal only.
#include "progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <utility>

#include "command_line.hpp"

namespace baseline {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t bar_width = 40;
constexpr const char* erase_line = "\r\033[K";

}  // namespace

Progress::Progress(std::string title)
    : title_(std::move(title)),
      on_terminal_(isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      next_(start_ + 1s) {}

Progress::~Progress() {
    if (shown_) {
        std::cerr << erase_line << std::flush;
    }
}

void Progress::update(double done) {
    const Clock::time_point now = Clock::now();
    if (!on_terminal_ || now < next_) {
        return;
    }
    next_ = now + 100ms;
    shown_ = true;
    const auto filled = static_cast<std::size_t>(std::clamp(done, 0.0, 1.0) * bar_width);
    const double elapsed = std::chrono::duration<double>(now - start_).count();
    std::string line = sentence(erase_line, title_, " [", std::string(filled, '#'),
                                std::string(bar_width - filled, '.'), "] ", std::floor(100.0 * done), " %");
    if (done > 0.0) {
        line += sentence(", ", std::ceil(elapsed * (1.0 - done) / done), " s left");
    }
    std::cerr << line << std::flush;
}

}  // namespace baseline
