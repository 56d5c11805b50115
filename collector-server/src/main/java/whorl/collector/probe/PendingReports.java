package whorl.collector.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.probes.ProbeCallLedger.Report;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage.ProbeReport;
import whorl.evidence.channel.ProbeCall;

/**
 * Reports that wait to be written. They come from agents, so everything is bounded. Thread-safe;
 * adding takes no lock.
 */
final class PendingReports {
  private static final int TEXT_MAX_CHARS = 1_024;
  private static final int REPORT_BYTES = 2_000;

  private final Queue<Report> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong bytes = new AtomicLong();
  private final long maxBytes;

  PendingReports(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Adds a report; its calls are left out if there is no room for them.
   *
   * @return how many calls were left out
   */
  int add(Id agent, ProbeReport report) {
    List<String> calls = new ArrayList<>();
    long size = REPORT_BYTES;
    for (ProbeCall each : report.calls()) {
      String json = Json.text(each);
      if (json.length() <= ProbeLimits.CALL_MAX_CHARS) {
        calls.add(json);
        size += json.length();
      }
    }
    if (bytes.addAndGet(size) > maxBytes) {
      bytes.addAndGet(REPORT_BYTES - size);
      calls = List.of();
    }
    waiting.add(new Report(agent, bounded(report), calls));
    return report.calls().size() - calls.size();
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
      long size = REPORT_BYTES;
      for (String call : next.calls()) {
        size += call.length();
      }
      bytes.addAndGet(-size);
    }
    return taken;
  }

  private static @Nullable String shortened(@Nullable String text) {
    return text == null ? null : cut(text);
  }

  private static String cut(String text) {
    return text.length() <= TEXT_MAX_CHARS ? text : text.substring(0, TEXT_MAX_CHARS - 1) + "…";
  }
}
