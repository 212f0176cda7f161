// What both programs' `main` do.
#pragma once

namespace sluice {

// What a worker's child process runs (engine_child.h). Null in a program that is linked without the
// engine: an API needs none of FFmpeg's libraries.
using EngineMain = int (*)();

int program(int argc, char** argv, EngineMain engine);

}  // namespace sluice
