// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/language/parse.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <tuple>

#include "sim/scenario/language/reader.h"
#include "sim/scenario/language/validate.h"
#include "sim/scenario/language/validate_events.h"

namespace sim::scenario {
namespace {

constexpr std::string_view kVersion = "1";

struct Files {
  std::vector<std::shared_ptr<const Document>> documents;
  std::vector<Cursor> layers;
};

/// Opens one more document; false when it is not an object.
bool open(Files& files, Reader& reader, std::string file, std::string text, std::vector<Diagnostic>& problems) {
  const std::size_t before = problems.size();
  files.documents.push_back(parse_document(std::move(file), std::move(text), problems));
  if (problems.size() > before) return false;
  const Document& document = *files.documents.back();
  files.layers.push_back({&document, &document.root, ""});
  return reader.expect(files.layers.back(), Value::Kind::Object, "an object");
}

void open_includes(Files& files, Reader& reader, const Include& include, std::vector<Diagnostic>& problems) {
  const Cursor root = files.layers.front();
  const Value* list = root.value->find("include");
  if (list == nullptr) return;
  std::vector<std::string> paths;
  reader.read(root.member(*list), paths);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const Cursor at = root.member(*list).element(i);
    auto text =
        include ? include(paths[i]) : syncer::failure(syncer::ErrorCode::NotFound, paths[i], "cannot be read here");
    if (!text) {
      reader.refuse(at, "cannot include: " + to_string(text.error()));
    } else if (open(files, reader, paths[i], std::move(*text), problems)) {
      if (files.layers.back().value->find("include") != nullptr) reader.refuse(at, "an included file includes another");
    }
  }
}

/// The keys that only a whole file has, not a Scenario.
void check_header(Reader& reader, const Cursor& root) {
  const Value* version = root.value->find("scenario");
  if (version == nullptr) return reader.refuse_missing(root, "scenario", "version of the format, 1");
  const bool known = version->kind == Value::Kind::Unsigned && version->text == kVersion;
  if (!known) reader.refuse(root.member(*version), "this program reads version 1 of the format");
}

/// What has no name gets one.
void complete_names(Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.events.size(); ++i) {
    std::string& id = scenario.events[i].id;
    if (id.empty()) id = "event-" + std::to_string(i + 1);
  }
  for (std::size_t i = 0; i < scenario.chaos.size(); ++i) {
    std::string& id = scenario.chaos[i].id;
    if (id.empty()) id = "chaos-" + std::to_string(i + 1);
  }
}

/// Every registry that a region names is there, with or without details.
void complete_registries(Scenario& scenario) {
  auto& registries = scenario.topology.registries;
  for (const Region& region : scenario.topology.regions) {
    const bool is_known =
        std::any_of(registries.begin(), registries.end(), [&](const Registry& r) { return r.name == region.registry; });
    if (is_known || region.registry.empty()) continue;
    Registry plain;
    plain.name = region.registry;
    plain.place = region.place;
    registries.push_back(std::move(plain));
  }
}

void validate(const Draft& draft) {
  validate_topology(draft);
  validate_config(draft);
  validate_labels(draft);
  validate_events(draft);
  validate_rest(draft);
}

Scenario read_all(Reader& reader, const Files& files) {
  Scenario scenario;
  scenario.file = files.documents.front()->file;
  Reader::Keys keys;
  keys.known = {"$schema", "scenario", "include"};
  ObjectReader<Scenario> object(reader, files.layers, scenario, keys);
  describe(object, Type<Scenario>{});
  for (const Cursor& layer : files.layers) reader.refuse_unknown(layer, keys);
  complete_names(scenario);
  complete_registries(scenario);
  return scenario;
}

bool earlier(const Diagnostic& a, const Diagnostic& b) {
  return std::tie(a.place.file, a.place.line, a.place.column) < std::tie(b.place.file, b.place.line, b.place.column);
}

syncer::Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return syncer::failure(syncer::ErrorCode::Io, path, "cannot be opened");
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad()) return syncer::failure(syncer::ErrorCode::Io, path, "cannot be read");
  return text.str();
}

}  // namespace

Parsed parse(std::string file, std::string text, const Vocabulary& vocabulary, const Include& include) {
  std::vector<Diagnostic> problems;
  Reader reader(problems);
  Files files;
  if (!open(files, reader, std::move(file), std::move(text), problems)) return tl::unexpected(std::move(problems));
  check_header(reader, files.layers.front());
  open_includes(files, reader, include, problems);
  Scenario scenario = read_all(reader, files);
  // What refers to other things is only judged when the things themselves could be read.
  if (problems.empty()) {
    const Names names(scenario.topology);
    validate({reader, scenario, files.layers, names, vocabulary});
  }
  if (problems.empty()) return scenario;
  std::stable_sort(problems.begin(), problems.end(), earlier);
  return tl::unexpected(std::move(problems));
}

Parsed load(const std::string& path, const Vocabulary& vocabulary) {
  auto text = read_file(path);
  if (!text) return tl::unexpected(std::vector<Diagnostic>{{{path, 0, 0}, text.error().detail, "", ""}});
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash + 1);
  return parse(path, std::move(*text), vocabulary, [&](const std::string& name) { return read_file(folder + name); });
}

syncer::Result<std::vector<std::string>> scenario_files(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  fs::recursive_directory_iterator it(path, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (it->path().extension() == ".json" && !it->is_directory(error)) files.push_back(it->path().string());
  }
  if (error) return syncer::failure(syncer::ErrorCode::Io, path, error.message());
  if (files.empty()) return syncer::failure(syncer::ErrorCode::NotFound, path, "holds no scenario (*.json)");
  std::sort(files.begin(), files.end());
  return files;
}

std::string to_string(const std::vector<Diagnostic>& problems) {
  std::string text;
  for (const Diagnostic& d : problems) text += to_string(d);
  return text;
}

}  // namespace sim::scenario
