// A progress bar for work that takes more than a second, on a terminal only.
#pragma once

#include <chrono>
#include <string>

namespace baseline {

/// Shows on stderr how much of some work is done; disappears when it goes out of scope.
class Progress {
  public:
    explicit Progress(std::string title);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// `done` is the part of the work that is done, from 0 to 1. Cheap: draws ten times a second at most.
    void update(double done);

  private:
    using Clock = std::chrono::steady_clock;

    std::string title_;
    bool on_terminal_;
    Clock::time_point start_;
    Clock::time_point next_;
    bool shown_ = false;
};

}  // namespace baseline
