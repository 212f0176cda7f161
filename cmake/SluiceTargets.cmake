# One library per folder of src/, one test program per library.

find_program(CCACHE ccache)
if(CCACHE)
  # The precompiled header needs these; without them ccache never hits. It also looks at the language of messages.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} LANG=C.UTF-8 ${CCACHE})
endif()

add_library(sluice_options INTERFACE)
target_compile_options(sluice_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fpch-preprocess
  # With optimisation GCC 12 sees overruns in std::string that aren't there (its bugs 105329, 105651).
  "$<$<CONFIG:Release>:-Wno-array-bounds;-Wno-stringop-overread;-Wno-stringop-overflow;-Wno-restrict>")
target_include_directories(sluice_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
# Other people's headers are not held to our warnings.
target_compile_definitions(sluice_options INTERFACE
  SLUICE_VERSION="${PROJECT_VERSION}" BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION)

set(SLUICE_SANITIZE "" CACHE STRING "address,undefined or thread")
if(SLUICE_SANITIZE)
  add_compile_options(-fsanitize=${SLUICE_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SLUICE_SANITIZE})
endif()

# sluice_library(NAME sources… DEPENDS libraries…)
function(sluice_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  add_library(sluice_${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(sluice_${name} PUBLIC ${ARG_DEPENDS} PRIVATE sluice_options)
  if(name STREQUAL "base")
    target_precompile_headers(sluice_base PRIVATE ${PROJECT_SOURCE_DIR}/src/base/precompiled.h)
  else()
    target_precompile_headers(sluice_${name} REUSE_FROM sluice_base)
  endif()
endfunction()

# sluice_test(NAME sources… DEPENDS libraries… [SERVICES names…]): ctest runs the program as one test,
# with these servers of tests/services started for it.
function(sluice_test name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;SERVICES" ${ARGN})
  add_executable(${name}_test ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name}_test PRIVATE ${ARG_DEPENDS} sluice_options GTest::gmock_main)
  target_precompile_headers(${name}_test REUSE_FROM sluice_base)
  target_compile_definitions(${name}_test PRIVATE SLUICE_TEST_MEDIA="${PROJECT_SOURCE_DIR}/tests/media")
  if(ARG_SERVICES)
    add_test(NAME ${name} COMMAND /usr/bin/python3 ${PROJECT_SOURCE_DIR}/tests/services/with.py
      ${ARG_SERVICES} -- $<TARGET_FILE:${name}_test>)
  else()
    add_test(NAME ${name} COMMAND ${name}_test)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()
