#include "app/program.h"
#include "transcode/engine_child.h"

int main(int argc, char** argv) { return sluice::program(argc, argv, sluice::engine_child_main); }
