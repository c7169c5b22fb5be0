// SPDX-License-Identifier: Apache-2.0
#include "sim/host/network/directory.h"

#include <utility>

#include "syncer/base/hash.h"

namespace sim::host {

using syncer::Endpoint;

void Directory::bind(const Endpoint& address, Socket socket) {
  if (2 * size_ >= entries_.size()) grow();
  Entry& entry = entries_[slot(address)];
  if (!entry.used) ++size_;
  entry = {address, socket, true};
}

const Socket* Directory::find(const Endpoint& address) const {
  const Entry& entry = entries_[slot(address)];
  return entry.used && entry.socket ? &*entry.socket : nullptr;
}

void Directory::unbind(const Endpoint& address, fault::NodeIndex node) {
  Entry& entry = entries_[slot(address)];
  if (entry.used && entry.socket && entry.socket->node == node) entry.socket.reset();
}

/// Where the address is, or where it would go.
std::size_t Directory::slot(const Endpoint& address) const {
  const syncer::ByteView octets(reinterpret_cast<const char*>(address.address.data()), address.address.size());
  std::size_t i = static_cast<std::size_t>(syncer::hash64(octets, address.port)) % entries_.size();
  while (entries_[i].used && entries_[i].address != address) i = (i + 1) % entries_.size();
  return i;
}

void Directory::grow() {
  std::vector<Entry> old = std::exchange(entries_, std::vector<Entry>(entries_.size() * 2));
  for (const Entry& entry : old) {
    if (entry.used) entries_[slot(entry.address)] = entry;
  }
}

}  // namespace sim::host
