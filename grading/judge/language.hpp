// The languages of exercises, and the little that the judge does differently for them.
#pragma once

#include <chrono>

#include "processor.hpp"

namespace grading {

enum class Language {
    cpp,     ///< compiled before the judge sees it
    python,  ///< loaded by an interpreter; may be compiled when it is first called
};

/// What loading a submission, and its first call, may take beyond what they do in a compiled language.
inline Nanoseconds time_to_compile(Language language) {
    return language == Language::python ? std::chrono::seconds(10) : std::chrono::seconds(0);
}

}  // namespace grading
