package whorl.collector.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.probes.ProbeCallLedger.Report;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Text;
import whorl.evidence.channel.AgentMessage.ProbeReport;
import whorl.evidence.channel.ProbeCall;

/**
 * Reports that wait to be written. They come from agents, which may send any number of them, about
 * any probe: so each agent has a share, and what is beyond it is left out. Thread-safe; adding
 * never waits for the writer.
 */
final class PendingReports {
  /** Reports of one agent: more than four probes make of all the calls that they may record. */
  static final int OF_AGENT_MAX = 256;

  private static final int TEXT_MAX_CHARS = 1_024;
  private static final int REPORT_BYTES = 2_000;

  /** How many agents it takes to use all bytes. */
  private static final int SHARES = 4;

  private final Queue<Report> waiting = new ConcurrentLinkedQueue<>();
  private final ConcurrentHashMap<Id, Share> shares = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final long maxBytes;

  /** What waits of one agent. */
  private record Share(int reports, long bytes) {}

  PendingReports(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Adds a report; its calls are left out if there is no room for them, and all of it if there is
   * none for the rest.
   *
   * @return how many calls were left out; a report without calls counts as one
   */
  int add(Id agent, ProbeReport report) {
    List<String> calls = new ArrayList<>();
    for (ProbeCall each : report.calls()) {
      String json = Json.text(each);
      if (json.length() <= ProbeLimits.CALL_MAX_CHARS) {
        calls.add(json);
      }
    }
    ProbeReport rest = bounded(report);
    Report whole = new Report(agent, rest, calls);
    if (takes(whole)) {
      return report.calls().size() - calls.size();
    }
    return !calls.isEmpty() && takes(new Report(agent, rest, List.of()))
        ? report.calls().size()
        : Math.max(1, report.calls().size());
  }

  private boolean takes(Report report) {
    long size = size(report);
    if (bytes.addAndGet(size) > maxBytes || !hasShare(report.agent(), size)) {
      bytes.addAndGet(-size);
      return false;
    }
    waiting.add(report);
    return true;
  }

  private boolean hasShare(Id agent, long size) {
    boolean[] has = {false};
    shares.compute(
        agent,
        (id, share) -> {
          int reports = share == null ? 0 : share.reports();
          long used = share == null ? 0 : share.bytes();
          has[0] = reports < OF_AGENT_MAX && used + size <= maxBytes / SHARES;
          return has[0] ? new Share(reports + 1, used + size) : share;
        });
    return has[0];
  }

  private static long size(Report report) {
    ProbeReport rest = report.report();
    long size = REPORT_BYTES + (rest.reason() == null ? 0 : rest.reason().length());
    for (List<String> texts : List.of(rest.methods(), rest.notes(), report.calls())) {
      for (String text : texts) {
        size += text.length();
      }
    }
    return size;
  }

  private static ProbeReport bounded(ProbeReport report) {
    return new ProbeReport(
        report.probe(),
        report.state(),
        shortened(report.reason()),
        report.methods().stream().map(PendingReports::cut).toList(),
        List.of(),
        Math.max(0, report.recorded()),
        Math.max(0, report.skipped()),
        Math.max(0, report.lost()),
        report.restored(),
        report.notes().stream().map(PendingReports::cut).toList());
  }

  /** Takes the oldest reports, at most so many. */
  List<Report> take(int max) {
    List<Report> taken = new ArrayList<>();
    while (taken.size() < max) {
      Report next = waiting.poll();
      if (next == null) {
        break;
      }
      taken.add(next);
      long size = size(next);
      bytes.addAndGet(-size);
      shares.computeIfPresent(
          next.agent(),
          (id, share) ->
              share.reports() == 1 ? null : new Share(share.reports() - 1, share.bytes() - size));
    }
    return taken;
  }

  private static @Nullable String shortened(@Nullable String text) {
    return text == null ? null : cut(text);
  }

  private static String cut(String text) {
    return Text.atMost(text, TEXT_MAX_CHARS);
  }
}
