# -DINPUT=docs/openapi.json -DOUTPUT=openapi.cpp: the file as a function of app/openapi.h.
file(READ ${INPUT} text)
string(LENGTH "${text}" length)
set(pieces "")
set(offset 0)
# Compilers need not take longer literals than 64 KiB.
while(offset LESS length)
  string(SUBSTRING "${text}" ${offset} 16000 piece)
  string(APPEND pieces "    R\"openapi(${piece})openapi\"\n")
  math(EXPR offset "${offset} + 16000")
endwhile()
file(WRITE ${OUTPUT} "#include \"app/openapi.h\"\n\nnamespace sluice {\n
std::string_view openapi_json() {
  static constexpr char kText[] =
${pieces}      \"\";
  return {kText, sizeof kText - 1};
}\n\n}  // namespace sluice\n")
