# -DINPUT=a small video -DOUTPUT=doctor_sample.cpp: its bytes as a function of app/doctor_sample.h.
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${hex}")
string(LENGTH "${hex}" digits)
math(EXPR size "${digits} / 2")
file(WRITE ${OUTPUT} "#include \"app/doctor_sample.h\"\n\nnamespace sluice {\n
std::string_view doctor_sample() { return {\"${escaped}\", ${size}}; }\n\n}  // namespace sluice\n")
