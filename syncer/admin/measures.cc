// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/measures.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace syncer::admin {
namespace {

/// Statuses and errors of one method; a registry can answer with any number.
constexpr std::size_t kMostCodes = 256;

std::uint64_t count_descriptors() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  std::uint64_t count = 0;
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count > 3 ? count - 3 : 0;  // ".", ".." and the folder's own
}

/// Seconds since 1970 at which the machine started.
double boot_time() {
  std::ifstream stat("/proc/stat");
  std::string word;
  while (stat >> word) {
    double value = 0;
    if (word == "btime" && stat >> value) return value;
  }
  return 0;
}

}  // namespace

Measures::Measures() {
  for (const char* op : {"delete", "get", "post", "put"}) {
    durations_[op];
    requests_[{op, "200"}] = 0;
  }
}

void Measures::note_request(std::string_view op, const std::string& code, Duration time) {
  const std::string name(op);
  durations_[name].observe(time);
  const std::pair<std::string, std::string> key{name, code};
  if (requests_.size() < kMostCodes || requests_.contains(key)) ++requests_[key];
}

void Measures::note_convergence(const std::string& origin, Duration time) { convergence_[origin].observe(time); }

void Measures::set_regions(const std::map<std::string, bool>& known) {
  std::erase_if(convergence_, [&](const auto& entry) { return !known.contains(entry.first); });
  for (const auto& [region, up] : known) convergence_[region];
}

ProcessFigures read_process_figures() {
  ProcessFigures figures;
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text);
  // The name of the program stands in brackets and may hold anything.
  std::istringstream fields(text.substr(text.rfind(')') == std::string::npos ? 0 : text.rfind(')') + 1));
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  std::string word;
  for (int number = 3; fields >> word; ++number) {
    if (number == 14 || number == 15) figures.cpu_seconds += std::stod(word) / ticks;
    if (number == 22) figures.start_time = boot_time() + std::stod(word) / ticks;
    if (number == 23) figures.virtual_bytes = std::stoull(word);
    if (number == 24) figures.resident_bytes = std::stoull(word) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }
  figures.open_descriptors = count_descriptors();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) figures.most_descriptors = limit.rlim_cur;
  return figures;
}

}  // namespace syncer::admin
