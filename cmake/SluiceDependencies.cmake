# Everything comes from the distribution's packages; script/bootstrap lists them.

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS url)
find_package(OpenSSL 3 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(GTest REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(AV REQUIRED IMPORTED_TARGET libavformat>=59 libavcodec libswscale libswresample libavutil)
# Only its headers: media/ loads the library itself when a picture needs it.
pkg_check_modules(AVFILTER REQUIRED libavfilter)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)

pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(RABBITMQ REQUIRED IMPORTED_TARGET librabbitmq)

find_library(SOCI_CORE soci_core REQUIRED)
find_library(SOCI_SQLITE3 soci_sqlite3 REQUIRED)
find_library(SOCI_POSTGRESQL soci_postgresql REQUIRED)
add_library(soci INTERFACE)
target_link_libraries(soci INTERFACE ${SOCI_SQLITE3} ${SOCI_POSTGRESQL} ${SOCI_CORE}
  PkgConfig::SQLITE PkgConfig::LIBPQ)

find_package(prometheus-cpp CONFIG QUIET)
