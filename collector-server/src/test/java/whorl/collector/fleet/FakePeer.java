package whorl.collector.fleet;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import whorl.collector.http.ChannelEndpoint;
import whorl.evidence.CollectorMessage;
import whorl.evidence.Json;

/** The other end of a channel; remembers what it was sent. */
public final class FakePeer implements ChannelEndpoint.Peer {
  private final List<String> sent = new CopyOnWriteArrayList<>();
  private volatile int closeCode;
  private volatile String closeReason = "";
  private volatile boolean deaf;

  /** Which this peer seems to come from. */
  public String address = "192.0.2.7";

  @Override
  public boolean send(String message) {
    if (deaf || closeCode != 0) {
      return false;
    }
    sent.add(message);
    return true;
  }

  @Override
  public void close(int code, String reason) {
    closeCode = code;
    closeReason = reason;
  }

  @Override
  public String remoteAddress() {
    return address;
  }

  /** Takes nothing more, as a connection that is too slow. */
  void deafen() {
    deaf = true;
  }

  public int closeCode() {
    return closeCode;
  }

  public String closeReason() {
    return closeReason;
  }

  /** The messages of one type, in the order they came. */
  public <T extends CollectorMessage> List<T> received(Class<T> type) {
    return sent.stream()
        .map(
            text -> {
              try {
                return Json.MAPPER.readValue(text, CollectorMessage.class);
              } catch (java.io.IOException e) {
                throw new AssertionError("the collector sent what it does not understand: " + text);
              }
            })
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }
}
