/* Preloaded into either side: writes x264's own account of its settings to standard error, a line for each encoder. x264
 * puts it into an SEI behind the parameter sets; Sluice leaves that out of its streams. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <x264.h>

static void note(const char* text, size_t size) {
  char line[4096];
  const int length = snprintf(line, sizeof line, "\nx264 settings: %.*s\n", (int)size, text);
  if (write(STDERR_FILENO, line, (size_t)length) != length) abort();
}

int x264_encoder_headers(x264_t* encoder, x264_nal_t** nals, int* count) {
  int (*real)(x264_t*, x264_nal_t**, int*) =
      (int (*)(x264_t*, x264_nal_t**, int*))dlsym(RTLD_NEXT, "x264_encoder_headers");
  const int size = real(encoder, nals, count);
  for (int i = 0; i < *count; ++i) {
    if ((*nals)[i].i_type != NAL_SEI) continue;
    const char* payload = (const char*)(*nals)[i].p_payload;
    const char* end = payload + (*nals)[i].i_payload;
    const char* options = memmem(payload, (size_t)(end - payload), "options: ", 9);
    if (options != NULL) note(options + 9, strnlen(options + 9, (size_t)(end - options - 9)));
  }
  return size;
}

/* The engine is started with an empty environment; here it gets ours. */
int posix_spawn(pid_t* pid, const char* program, const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* attributes,
                char* const arguments[], char* const environment[]) {
  (void)environment;
  int (*real)(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*, char* const[], char* const[]) =
      (int (*)(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*, char* const[], char* const[]))
          dlsym(RTLD_NEXT, "posix_spawn");
  return real(pid, program, actions, attributes, arguments, environ);
}
