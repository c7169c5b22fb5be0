// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/key_commands.h"

#include <fcntl.h>
#include <sys/random.h>

#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>
#include <vector>

#include "syncer/cli/reach.h"
#include "syncer/crypto/keyring.h"
#include "syncer/crypto/wipe.h"
#include "syncer/store/file.h"

namespace syncer::cli {
namespace {

/// AES-256.
constexpr std::size_t kKeyBytes = 32;

Result<Bytes> fresh_key() {
  Bytes key(kKeyBytes, '\0');
  // So few bytes come at once and whole.
  if (::getrandom(key.data(), key.size(), 0) == static_cast<ssize_t>(key.size())) return key;
  return failure(ErrorCode::Io, "", "the system gives no random bytes");
}

/// A file that is there may hold the only copy of the keys in use.
Result<void> write_ring(const std::string& path, const crypto::Keyring& ring) {
  auto file = store::File::open(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file) return tl::unexpected(file.error());
  Bytes text = crypto::keyring_text(ring);
  auto written = file->write_all(text);
  crypto::wipe(text);
  if (!written) return written;
  return file->sync();
}

}  // namespace

int generate_key(const Arguments& arguments, Console console) {
  auto key = fresh_key();
  if (!key) return complain(console, key.error());
  const std::string& file = arguments.ask.ring;
  if (!file.empty()) {
    const auto ring = crypto::Keyring::make({*key});
    if (!ring) return complain(console, ring.error());
    if (const auto done = write_ring(file, *ring); !done) return complain(console, done.error());
  }
  const std::string text = file.empty() ? crypto::key_text(*key) : "";
  if (arguments.json) {
    nlohmann::ordered_json document = {
        {"schema", "syncer/keygen/1"}, {"id", crypto::Keyring::id(*key)}, {"bits", key->size() * 8}};
    document[file.empty() ? "key" : "file"] = file.empty() ? text : file;
    console.out << document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  } else if (file.empty()) {
    console.out << text << "\n";
  } else {
    console.out << "saved " << file << " with key " << crypto::Keyring::id(*key)
                << "   keep it secret; every syncer of the pool gets the same\n";
  }
  crypto::wipe(*key);
  return kOk;
}

}  // namespace syncer::cli
