// `sluice` without the engine, for machines that only answer requests: nothing of FFmpeg is linked.
#include "app/program.h"

int main(int argc, char** argv) { return sluice::program(argc, argv, nullptr); }
