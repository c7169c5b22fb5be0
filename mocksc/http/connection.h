// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

#include "syncer/base/time.h"

namespace mocksc {

/// One accepted socket. Every wait ends soon after `stopping` is set. Owned and used by one thread.
class Connection {
 public:
  Connection(int socket, const std::atomic<bool>& stopping) : socket_(socket), stopping_(stopping) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  /// Closes the socket.
  ~Connection();

  /// Waits for the first byte of a request; false when the peer is gone or nothing came in time. Gives up at once when
  /// `crowded` says that other connections wait for a thread.
  bool wait_for_request(syncer::Duration patience, const std::atomic<std::size_t>& crowded);
  /// Waits until there is something to read or the peer is gone.
  bool wait_readable(syncer::Duration patience);
  /// Bytes read, 0 at the end, negative after an error or time-out.
  ssize_t read(char* to, std::size_t size);
  /// Sends all of it; false after an error or once cut.
  bool write(std::string_view bytes);
  /// Does nothing for a while; false when the peer is gone or the server stops.
  bool hold(syncer::Duration how_long);
  /// Sends nothing more. `reset` makes the peer see a reset instead of an end.
  void cut(bool reset);
  bool is_cut() const { return is_cut_; }
  bool is_stopping() const { return stopping_; }

 private:
  bool wait_readable(syncer::Duration patience, const std::atomic<std::size_t>* crowded);
  int socket_;
  const std::atomic<bool>& stopping_;
  std::string buffer_;
  std::size_t used_ = 0;
  bool is_cut_ = false;
};

}  // namespace mocksc
