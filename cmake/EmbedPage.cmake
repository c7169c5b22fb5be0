# embed_page(NAME NAMESPACE n HEADER h HTML file STYLE file SCRIPTS files…): one page without outside references, as a
# constant of the program. The style goes into the page at {{style}}, the scripts, joined in their order, at {{script}}.
# The header declares `extern const std::string_view kName`, in camel case, and kNamePolicy: the content security policy that
# lets the page's style and script run and no other. Sets NAME to the .cc that defines them; the page and its policy are
# written beside it, as NAME.html and NAME.policy, for tests that need no program. It is done while configuring, and again
# when one of the files changes.
function(embed_page name)
  cmake_parse_arguments(ARG "" "NAMESPACE;HEADER;HTML;STYLE" "SCRIPTS" ${ARGN})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARG_HTML} ${ARG_STYLE} ${ARG_SCRIPTS}
    ${PROJECT_SOURCE_DIR}/cmake/AssemblePage.cmake)
  set(page ${CMAKE_BINARY_DIR}/pages/${name}.html)
  list(TRANSFORM ARG_SCRIPTS PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  set(HTML ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_HTML})
  set(STYLE ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_STYLE})
  set(SCRIPTS ${ARG_SCRIPTS})
  set(OUT ${page})
  include(${PROJECT_SOURCE_DIR}/cmake/AssemblePage.cmake)
  file(READ ${CMAKE_BINARY_DIR}/pages/${name}.policy policy)
  file(READ ${page} bytes HEX)
  string(REGEX REPLACE "(................................................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(REPLACE "_" ";" words ${name})
  set(constant k)
  foreach(word ${words})
    string(SUBSTRING ${word} 0 1 first)
    string(SUBSTRING ${word} 1 -1 rest)
    string(TOUPPER ${first} first)
    string(APPEND constant ${first}${rest})
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/pages/${name}.cc CONTENT "// Made by cmake/EmbedPage.cmake.
#include \"@ARG_HEADER@\"

namespace @ARG_NAMESPACE@ {
namespace {

constexpr unsigned char kBytes[] = {
@bytes@};

}  // namespace

const std::string_view @constant@(reinterpret_cast<const char*>(kBytes), sizeof kBytes);
const std::string_view @constant@Policy = \"@policy@\";

}  // namespace @ARG_NAMESPACE@
" @ONLY)
  set(${name} ${CMAKE_BINARY_DIR}/pages/${name}.cc PARENT_SCOPE)
endfunction()
