package whorl.collector.fleet;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.CaptureRecord;
import whorl.evidence.Id;

/** The captures that have not ended, by id and by agent. Its owner locks. */
final class OpenCaptures {
  private final Map<Id, Open> byId = new LinkedHashMap<>();
  private final Map<Id, Map<Id, Open>> byAgent = new HashMap<>();

  /** How many were begun by agents themselves, by the network that they came from. */
  private final Map<String, Integer> begunFrom = new HashMap<>();

  private int begun;

  /** One capture with what only matters while it is open. */
  static final class Open {
    private CaptureRecord capture;
    private final @Nullable String begunFrom;
    private final long sinceNanos;
    private @Nullable Long goneNanos;
    private long sentOn;
    private boolean unsaved;
    private long announcedBytes;
    private long streamedBytes;

    private Open(
        CaptureRecord capture, @Nullable String begunFrom, long nowNanos, boolean connected) {
      this.capture = capture;
      this.begunFrom = begunFrom;
      this.sinceNanos = nowNanos;
      this.goneNanos = connected ? null : nowNanos;
      this.sentOn = -1;
    }

    CaptureRecord capture() {
      return capture;
    }

    void now(CaptureRecord changed, boolean saved) {
      capture = changed;
      unsaved = !saved;
    }

    boolean unsaved() {
      return unsaved;
    }

    long ageNanos(long nowNanos) {
      return nowNanos - sinceNanos;
    }

    /** How long its agent has been gone; 0 while it is connected. */
    long goneNanos(long nowNanos) {
      return goneNanos == null ? 0 : nowNanos - goneNanos;
    }

    void gone(long nowNanos) {
      goneNanos = nowNanos;
    }

    void back() {
      goneNanos = null;
    }

    /** Its agent is at work still; if its connection is gone, the wait for it begins anew. */
    void heard(long nowNanos) {
      if (goneNanos != null) {
        goneNanos = nowNanos;
      }
    }

    /** What the agent says it keeps, and will ship. */
    void announced(long bytes) {
      announcedBytes = Math.max(announcedBytes, bytes);
    }

    /** What has come without the agent keeping it. */
    void streamed(long bytes) {
      streamedBytes = bytes;
    }

    /** Bytes there will be; 0 where unknown, as it is while the agent makes them. */
    long expectedBytes() {
      long expected = announcedBytes == 0 ? 0 : announcedBytes + streamedBytes;
      return expected < 0 ? Long.MAX_VALUE : expected;
    }

    /** The serial of the connection on which the agent was told; -1 when it was not. */
    long sentOn() {
      return sentOn;
    }

    void sentOn(long serial) {
      sentOn = serial;
    }
  }

  /**
   * @param network where its agent came from; empty where that is not known
   */
  Open add(CaptureRecord capture, String network, long nowNanos, boolean connected) {
    String begunBy = capture.ordered() ? null : network;
    Open open = new Open(capture, begunBy, nowNanos, connected);
    byId.put(capture.id(), open);
    if (begunBy != null) {
      begun++;
      begunFrom.merge(begunBy, 1, Integer::sum);
    }
    byAgent
        .computeIfAbsent(capture.agent(), agent -> new LinkedHashMap<>())
        .put(capture.id(), open);
    return open;
  }

  void remove(CaptureRecord capture) {
    Open gone = byId.remove(capture.id());
    if (gone != null && gone.begunFrom != null) {
      begun--;
      begunFrom.computeIfPresent(gone.begunFrom, (network, some) -> some == 1 ? null : some - 1);
    }
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

  List<Open> all() {
    return List.copyOf(byId.values());
  }

  /** Those that somebody asked for. */
  int ordered() {
    return byId.size() - begun;
  }

  /** Those that agents began by themselves. */
  int begun() {
    return begun;
  }

  /** The same, of the agents that came from one network. */
  int begunFrom(String network) {
    return begunFrom.getOrDefault(network, 0);
  }
}
