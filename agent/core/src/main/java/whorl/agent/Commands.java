package whorl.agent;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import whorl.agent.hunt.Hunts;
import whorl.agent.probe.Probes;
import whorl.agent.ship.channel.CommandListener;
import whorl.evidence.channel.AgentMessage.ProbeReport;
import whorl.evidence.channel.CollectorMessage;

/**
 * Passes the collector's requests to captures, rules, hunts and probes, which are created after the
 * channel.
 */
final class Commands implements CommandListener {
  private volatile Consumer<CollectorMessage.StartCapture> captures = request -> {};

  private volatile Consumer<CollectorMessage> rules = message -> {};

  private volatile Consumer<CollectorMessage.LibrariesWanted> libraries = wanted -> {};

  private volatile @Nullable Hunts hunts;

  private volatile @Nullable Probes probes;

  private volatile Consumer<ProbeReport> probeReports = report -> {};

  /**
   * Connects the receivers; call it before the shipper starts.
   *
   * @param rules receives {@link CollectorMessage.RulesWanted} and {@link
   *     CollectorMessage.RuleText}
   * @param hunts answers hunts
   */
  void connect(
      Consumer<CollectorMessage.StartCapture> captures,
      Consumer<CollectorMessage> rules,
      Hunts hunts) {
    this.captures = captures;
    this.rules = rules;
    this.hunts = hunts;
  }

  /** Connects the receiver of questions for libraries; call it before the shipper starts. */
  void connectLibraries(Consumer<CollectorMessage.LibrariesWanted> receiver) {
    libraries = receiver;
  }

  /**
   * Connects what takes probes; call it before the shipper starts.
   *
   * @param probes null if the setting {@code probes} is off
   * @param reports receives the refusal of each probe then
   */
  void connectProbes(@Nullable Probes probes, Consumer<ProbeReport> reports) {
    this.probes = probes;
    this.probeReports = reports;
  }

  @Override
  public void probe(CollectorMessage.Probe probe) {
    Probes receiver = probes;
    if (receiver != null) {
      receiver.ask(probe);
    } else {
      probeReports.accept(
          ProbeReport.refused(
              probe.probe(),
              "probes are off in this JVM; the setting probes=on-request allows them"));
    }
  }

  @Override
  public void probeEnded(CollectorMessage.ProbeEnd end) {
    Probes receiver = probes;
    if (receiver != null) {
      receiver.end(end.probe());
    }
  }

  /** The JVM ends: nothing is recorded for probes any more. */
  void close() {
    Probes receiver = probes;
    if (receiver != null) {
      receiver.close();
    }
  }

  @Override
  public void disconnected() {
    Probes receiver = probes;
    if (receiver != null) {
      receiver.disconnected();
    }
  }

  @Override
  public void libraries(CollectorMessage.LibrariesWanted wanted) {
    libraries.accept(wanted);
  }

  @Override
  public void rules(CollectorMessage.RulesWanted wanted) {
    rules.accept(wanted);
  }

  @Override
  public void rules(CollectorMessage.RuleText text) {
    rules.accept(text);
  }

  @Override
  public void capture(CollectorMessage.StartCapture request) {
    captures.accept(request);
  }

  @Override
  public void hunt(CollectorMessage.Hunt hunt) {
    Hunts receiver = hunts;
    if (receiver != null) {
      receiver.ask(hunt);
    }
  }

  @Override
  public void huntEnded(CollectorMessage.HuntEnd end) {
    Hunts receiver = hunts;
    if (receiver != null) {
      receiver.end(end.hunt());
    }
  }
}
