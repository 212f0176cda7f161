# Writes the migrations as C++: cmake "-DFILES=a.sql|b.sql" -DOUTPUT=out.cpp -P embed_migrations.cmake
string(REPLACE "|" ";" FILES "${FILES}")
set(rows "")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME_WE)
  if(NOT name MATCHES "^[0-9][0-9][0-9][0-9]_[a-z0-9_]+$")
    message(FATAL_ERROR "${file}: a migration is named 0001_what_it_does.sql")
  endif()
  string(REGEX REPLACE "^0*([1-9][0-9]*)_.*" "\\1" version ${name})
  file(READ ${file} text)
  string(APPEND rows "    {${version}, \"${name}\", R\"sql(${text})sql\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"catalog/sql_migrations.h\"

namespace sluice {

const std::vector<SqlMigration>& sql_migrations() {
  static const std::vector<SqlMigration> migrations = {
${rows}  };
  return migrations;
}

}  // namespace sluice
")
