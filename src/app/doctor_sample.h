// A video of some frames, small enough to be part of the program.
#pragma once

#include <string_view>

namespace sluice {

std::string_view doctor_sample();

}  // namespace sluice
