package whorl.collector.fleet.captures;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.records.CaptureRecord;
import whorl.evidence.Id;

/**
 * The captures that have not ended and whose agents have or had their channel here, by id and by
 * agent. Not thread-safe; the caller must lock.
 */
final class OpenCaptures {
  private final Map<Id, Open> byId = new LinkedHashMap<>();
  private final Map<Id, Map<Id, Open>> byAgent = new HashMap<>();

  /** A capture with the state that matters only while it is open. */
  static final class Open {
    private CaptureRecord capture;
    private final long sinceNanos;
    private @Nullable Long disconnectedNanos;
    private long sentOn;
    private boolean unsaved;
    private long announcedBytes;
    private long streamedBytes;

    private Open(CaptureRecord capture, long nowNanos, boolean connected) {
      this.capture = capture;
      this.sinceNanos = nowNanos;
      this.disconnectedNanos = connected ? null : nowNanos;
      this.sentOn = -1;
    }

    CaptureRecord capture() {
      return capture;
    }

    void update(CaptureRecord changed, boolean saved) {
      capture = changed;
      unsaved = !saved;
    }

    boolean unsaved() {
      return unsaved;
    }

    long ageNanos(long nowNanos) {
      return nowNanos - sinceNanos;
    }

    boolean isDisconnected() {
      return disconnectedNanos != null;
    }

    /** Returns how long the agent has been disconnected; 0 while it is connected. */
    long disconnectedNanos(long nowNanos) {
      return disconnectedNanos == null ? 0 : nowNanos - disconnectedNanos;
    }

    void disconnected(long nowNanos) {
      disconnectedNanos = nowNanos;
    }

    void reconnected() {
      disconnectedNanos = null;
    }

    /** Restarts the grace time of a disconnected agent, because it has shown a sign of life. */
    void signOfLife(long nowNanos) {
      if (disconnectedNanos != null) {
        disconnectedNanos = nowNanos;
      }
    }

    /** Records the bytes that the agent keeps and will ship. */
    void announced(long bytes) {
      announcedBytes = Math.max(announcedBytes, bytes);
    }

    /** Records the bytes that arrived without the agent keeping them. */
    void streamed(long bytes) {
      streamedBytes = bytes;
    }

    /** Returns the expected bytes; 0 while unknown, because the agent is still producing them. */
    long expectedBytes() {
      long expected = announcedBytes == 0 ? 0 : announcedBytes + streamedBytes;
      return expected < 0 ? Long.MAX_VALUE : expected;
    }

    /**
     * Returns the serial of the connection over which the request was sent; -1 when it was not
     * sent.
     */
    long sentOn() {
      return sentOn;
    }

    void sentOn(long serial) {
      sentOn = serial;
    }
  }

  Open add(CaptureRecord capture, long nowNanos, boolean connected) {
    Open open = new Open(capture, nowNanos, connected);
    byId.put(capture.id(), open);
    byAgent
        .computeIfAbsent(capture.agent(), agent -> new LinkedHashMap<>())
        .put(capture.id(), open);
    return open;
  }

  void remove(CaptureRecord capture) {
    byId.remove(capture.id());
    Map<Id, Open> ofAgent = byAgent.get(capture.agent());
    if (ofAgent != null && ofAgent.remove(capture.id()) != null && ofAgent.isEmpty()) {
      byAgent.remove(capture.agent());
    }
  }

  @Nullable Open find(Id capture) {
    return byId.get(capture);
  }

  Collection<Open> of(Id agent) {
    Map<Id, Open> ofAgent = byAgent.get(agent);
    return ofAgent == null ? List.of() : ofAgent.values();
  }

  List<Open> list() {
    return List.copyOf(byId.values());
  }
}
