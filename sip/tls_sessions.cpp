#include "sip/tls_sessions.hpp"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <map>
#include <vector>

namespace strowger::sip {

// Sofia's tls_free() of a connection is SSL_shutdown(), SSL_CTX_free() and
// BIO_free(), never SSL_free(), and its caller closes the socket right after.
// So a session is dead when the file descriptor of its BIO is no longer the
// socket that it was, and nobody knows the session any more but the list below.

namespace {

/// Names a socket also when its descriptor's number is used again.
struct socket_name {
  dev_t device = 0;
  ino_t inode = 0;

  bool operator==(const socket_name&) const = default;
};

// The name of no socket if nothing is open there.
socket_name name_of(int descriptor) {
  struct stat found {};
  if (fstat(descriptor, &found) != 0)
    return {};
  return {found.st_dev, found.st_ino};
}

class session_list {
public:
  ~session_list();

  void add(SSL* session);
  void identify();
  void forget(const SSL* session);
  std::size_t sweep(std::size_t looks);

  std::size_t size() const {
    return by_descriptor_.size();
  }

  int watchers = 0;

private:
  struct connection {
    SSL* session = nullptr;
    socket_name socket;
  };

  void identify(SSL* session);

  std::vector<SSL*> new_; // not yet known by their socket; the oldest first
  std::map<int, connection> by_descriptor_;
  int next_ = 0; // where the next sweep begins
  std::vector<SSL*> dead_;
};

// OpenSSL calls what follows on every thread; only those that have a list are
// sofia's.
thread_local session_list* list_here = nullptr;

// -- what OpenSSL tells -------------------------------------------------------

void on_progress(const SSL*, int where, int) {
  if ((where & SSL_CB_HANDSHAKE_START) != 0 && list_here != nullptr)
    list_here->identify();
}

// Comes from within SSL_new(): the session has no BIO yet.
void on_new(void* session, void*, CRYPTO_EX_DATA* data, int index, long,
            void*) {
  if (list_here == nullptr || session == nullptr
      || CRYPTO_set_ex_data(data, index, list_here) != 1)
    return;
  list_here->add(static_cast<SSL*>(session));
  // The socket gets its name while it is open: then, or at a sweep before.
  SSL_set_info_callback(static_cast<SSL*>(session), on_progress);
}

void on_free(void* session, void* list, CRYPTO_EX_DATA*, int, long, void*) {
  if (list == nullptr)
    return;
  assert(list == list_here); // a session does not change threads
  list_here->forget(static_cast<SSL*>(session));
}

int data_index() {
  static const int index = CRYPTO_get_ex_new_index(
    CRYPTO_EX_INDEX_SSL, 0, nullptr, on_new, nullptr, on_free);
  return index;
}

void let_go(SSL* session) {
  SSL_set_ex_data(session, data_index(), nullptr);
}

void release(SSL* session) {
  let_go(session);
  // The session holds its one BIO twice, to read and to write, and likewise its
  // context. Sofia has given away one reference of each as if it were its own.
  BIO_up_ref(SSL_get_rbio(session));
  SSL_CTX_up_ref(SSL_get_SSL_CTX(session));
  SSL_free(session);
}

// -- the list of a thread -----------------------------------------------------

session_list::~session_list() {
  for (auto* session : new_)
    let_go(session);
  for (auto& [descriptor, x] : by_descriptor_)
    let_go(x.session);
}

void session_list::add(SSL* session) {
  new_.push_back(session);
}

void session_list::identify() {
  for (auto* session : new_)
    identify(session);
  new_.clear();
}

void session_list::identify(SSL* session) {
  auto* bio = SSL_get_rbio(session);
  if (bio == nullptr || bio != SSL_get_wbio(session)
      || BIO_method_type(bio) != BIO_TYPE_SOCKET
      || BIO_get_close(bio) != BIO_NOCLOSE) {
    let_go(session); // none of sofia's
    return;
  }
  auto descriptor = static_cast<int>(BIO_get_fd(bio, nullptr));
  auto socket = name_of(descriptor);
  if (socket == socket_name{}) {
    dead_.push_back(session);
    return;
  }
  // A descriptor belongs to the connection that came last; the one before must
  // be closed, even if nobody looked while its number was free.
  auto& x = by_descriptor_[descriptor];
  if (x.session != nullptr)
    dead_.push_back(x.session);
  x = {session, socket};
}

void session_list::forget(const SSL* session) {
  std::erase(new_, session);
  std::erase(dead_, session);
  std::erase_if(by_descriptor_,
                [=](const auto& x) { return x.second.session == session; });
}

std::size_t session_list::sweep(std::size_t looks) {
  identify();
  auto x = by_descriptor_.lower_bound(next_);
  for (auto left = std::min(looks, size()); left > 0; --left) {
    if (x == by_descriptor_.end())
      x = by_descriptor_.begin();
    if (name_of(x->first) == x->second.socket) {
      ++x;
    } else {
      dead_.push_back(x->second.session);
      x = by_descriptor_.erase(x);
    }
  }
  next_ = x == by_descriptor_.end() ? 0 : x->first;
  for (auto* session : dead_)
    release(session);
  dead_.clear();
  return size();
}

} // namespace

// -- life ---------------------------------------------------------------------

tls_sessions::tls_sessions() {
  data_index();
  if (list_here == nullptr)
    list_here = new session_list;
  ++list_here->watchers;
}

tls_sessions::~tls_sessions() {
  list_here->sweep(SIZE_MAX);
  if (--list_here->watchers > 0)
    return;
  delete list_here;
  list_here = nullptr;
}

std::size_t tls_sessions::sweep() {
  assert(list_here != nullptr); // a watch stays on its thread
  // A look costs up to 2 us, and the switch does nothing else meanwhile. Dead
  // sessions that wait for theirs are not more than there were connections at
  // one time: who gets the number of a closed one displaces it at once.
  constexpr std::size_t looks = 1000;
  return list_here->sweep(looks);
}

} // namespace strowger::sip
