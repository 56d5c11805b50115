package whorl.collector.fleet.channel;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import whorl.collector.http.server.ChannelEndpoint;
import whorl.evidence.Json;
import whorl.evidence.channel.CollectorMessage;

/** A fake peer of a channel that records what is sent to it. */
public final class FakePeer implements ChannelEndpoint.Peer {
  private final List<String> sent = new CopyOnWriteArrayList<>();
  private volatile int closeCode;
  private volatile String closeReason = "";
  private volatile boolean notReading;

  private volatile boolean unprocessed;
  private volatile boolean gone;
  private volatile boolean accepted;

  /** The remote address of this peer. */
  public String address = "192.0.2.7";

  @Override
  public boolean send(String message) {
    if (notReading || closeCode != 0) {
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

  @Override
  public boolean hasUnprocessedMessages() {
    return unprocessed;
  }

  @Override
  public boolean isGone() {
    return gone;
  }

  @Override
  public void accepted() {
    accepted = true;
  }

  boolean isAccepted() {
    return accepted;
  }

  /** Whether the collector has not come to what this peer sent. */
  void waits(boolean forTheCollector) {
    unprocessed = forTheCollector;
  }

  /** Ends the connection; the collector comes to that later. */
  void go() {
    gone = true;
  }

  /** Accepts no more messages, like a connection that is too slow. */
  public void stopReading() {
    notReading = true;
  }

  public int closeCode() {
    return closeCode;
  }

  public String closeReason() {
    return closeReason;
  }

  /** Returns the messages of one type, in the order of arrival. */
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
