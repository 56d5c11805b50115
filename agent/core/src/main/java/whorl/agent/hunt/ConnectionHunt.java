package whorl.agent.hunt;

import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.kernel.OpenSockets;
import whorl.agent.capture.kernel.SocketLine.Socket;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.evidence.channel.HuntQuestion;
import whorl.evidence.channel.HuntRow;
import whorl.rules.match.CidrTest;
import whorl.rules.match.RuleRefused;

/**
 * Which connections have this other end? Open ones are read from the kernel; past ones, and the
 * names of hosts, are in the events that the agent holds. Nothing is resolved.
 */
public final class ConnectionHunt implements HuntKind {
  /** Addresses that a host's name had in events. */
  private static final int ADDRESSES_MAX = 256;

  private static final Set<EventType> TYPES =
      Set.of(EventType.SOCKET_CONNECT, EventType.SOCKET_ACCEPT, EventType.DNS_LOOKUP);

  private final Supplier<List<AgentEvent>> events;
  private final OpenSockets sockets;
  private final LongSupplier epochNanos;
  private final UnaryOperator<String> mask;

  /**
   * @param events the newest events, oldest first
   * @param epochNanos the time of an event that happens now
   * @param mask returns a text without its secrets
   */
  public ConnectionHunt(
      Supplier<List<AgentEvent>> events,
      OpenSockets sockets,
      LongSupplier epochNanos,
      UnaryOperator<String> mask) {
    this.events = events;
    this.sockets = sockets;
    this.epochNanos = epochNanos;
    this.mask = mask;
  }

  @Override
  public String name() {
    return HuntQuestion.CONNECTION;
  }

  @Override
  public void look(HuntQuestion question, HuntWork work) throws HuntRefusedException {
    Wanted wanted = Wanted.of(Objects.requireNonNull(question.connection(), "connection"), mask);
    HeldWindow window = new HeldWindow(events.get(), work.windowSeconds(), epochNanos.getAsLong());
    window.covers(TYPES::contains, work);
    if (wanted.host != null) {
      // Open sockets have no names: the events say which addresses the host had.
      window.eachNewestFirst(TYPES::contains, work, wanted::learn);
    }
    openSockets(wanted, work);
    window.eachNewestFirst(TYPES::contains, work, event -> past(event, wanted, work));
  }

  /** The other end that is looked for. Used by one thread. */
  private static final class Wanted {
    private final @Nullable CidrTest network;
    private final @Nullable Glob host;
    private final @Nullable Integer port;
    private final UnaryOperator<String> mask;
    private final Set<String> addresses = new HashSet<>();

    private Wanted(
        @Nullable CidrTest network,
        @Nullable Glob host,
        @Nullable Integer port,
        UnaryOperator<String> mask) {
      this.network = network;
      this.host = host;
      this.port = port;
      this.mask = mask;
    }

    static Wanted of(HuntQuestion.OfConnection question, UnaryOperator<String> mask)
        throws HuntRefusedException {
      String address = question.address();
      String host = question.host();
      try {
        return new Wanted(
            address == null ? null : new CidrTest(address.strip()),
            host == null ? null : new Glob(lowerCase(host.strip())),
            question.port(),
            mask);
      } catch (RuleRefused e) {
        throw new HuntRefusedException("connection.address: " + e.getMessage());
      }
    }

    /** Remembers the addresses that the host had. */
    void learn(AgentEvent event) {
      if (!isHost(event.value(0)) || addresses.size() >= ADDRESSES_MAX) {
        return;
      }
      Object known = event.value(1);
      if (event.type() == EventType.SOCKET_CONNECT && known instanceof String address) {
        addresses.add(address);
      } else if (event.type() == EventType.DNS_LOOKUP && known instanceof List<?> list) {
        for (Object address : list) {
          addresses.add(String.valueOf(address));
        }
      }
    }

    /** Compares the masked name: many patterns, one by one, would reveal a secret in it. */
    boolean isHost(@Nullable Object value) {
      return host != null
          && value instanceof String text
          && host.matches(lowerCase(mask.apply(text)));
    }

    boolean isAddress(@Nullable Object value) {
      return value instanceof String text
          && (network != null ? network.test(text) : addresses.contains(text));
    }

    boolean isPort(@Nullable Object value) {
      return port == null || (value instanceof Number number && number.intValue() == port);
    }

    boolean hasPort() {
      return port != null;
    }
  }

  private void openSockets(Wanted wanted, HuntWork work) {
    long[] others = {0};
    try {
      sockets.each(
          socket -> {
            if (!work.goesOn()) {
              return false;
            }
            if (wanted.isAddress(socket.remoteAddress()) && wanted.isPort(socket.remotePort())) {
              if (socket.fds().isEmpty()) {
                others[0]++;
              } else {
                found(socket, work);
              }
            }
            return true;
          });
    } catch (IOException e) {
      work.cut("open connections could not be read: " + e.getMessage());
    }
    if (others[0] > 0) {
      work.note(
          others[0] + " more such sockets in this container belong to other processes, or to none");
    }
  }

  private static void found(Socket socket, HuntWork work) {
    if (!work.hasRoom()) {
      work.foundMore();
      return;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("open", true);
    fields.put("protocol", socket.protocol());
    put(fields, "state", socket.state());
    put(fields, "address", socket.remoteAddress());
    put(fields, "port", socket.remotePort());
    put(fields, "localAddress", socket.localAddress());
    put(fields, "localPort", socket.localPort());
    fields.put("fds", socket.fds().stream().limit(8).map(String::valueOf).toList());
    work.found(
        new HuntRow(
            "open: " + socket.protocol() + " " + end(socket.remoteAddress(), socket.remotePort()),
            null,
            null,
            null,
            null,
            fields));
  }

  private static void past(AgentEvent event, Wanted wanted, HuntWork work) {
    String what = whatIfWanted(event, wanted);
    if (what == null) {
      return;
    }
    if (work.hasRoom()) {
      work.found(EventRows.row(what, event));
    } else {
      work.foundMore();
    }
  }

  /** Describes the event; null if it is not about the other end that is looked for. */
  private static @Nullable String whatIfWanted(AgentEvent event, Wanted wanted) {
    switch (event.type()) {
      case SOCKET_CONNECT -> {
        boolean end = wanted.isHost(event.value(0)) || wanted.isAddress(event.value(1));
        return end && wanted.isPort(event.value(2))
            ? "connected: " + end(host(event), event.value(2))
            : null;
      }
      case SOCKET_ACCEPT -> {
        return wanted.isAddress(event.value(0)) && wanted.isPort(event.value(1))
            ? "accepted: " + end(event.value(0), event.value(1))
            : null;
      }
      case DNS_LOOKUP -> {
        // A lookup has no port, so it cannot be about one.
        boolean end = wanted.isHost(event.value(0)) || hasAddress(event, wanted);
        return end && !wanted.hasPort() ? "looked up: " + event.value(0) : null;
      }
      default -> {
        return null;
      }
    }
  }

  private static boolean hasAddress(AgentEvent event, Wanted wanted) {
    return event.value(1) instanceof List<?> addresses
        && addresses.stream().anyMatch(wanted::isAddress);
  }

  private static @Nullable Object host(AgentEvent event) {
    return event.value(0) == null ? event.value(1) : event.value(0);
  }

  private static String end(@Nullable Object host, @Nullable Object port) {
    return host + ":" + port;
  }

  private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
    if (value != null) {
      fields.put(name, value);
    }
  }

  private static String lowerCase(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
