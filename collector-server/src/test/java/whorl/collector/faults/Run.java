package whorl.collector.faults;

import java.io.IOException;

/** What all clients of a run share. For several threads. */
final class Run {
  private final String url;
  private final String agentToken;
  private final Http http;
  private final Ledger ledger;
  private final Tally tally;
  private final Beats beats;
  private final long thinkMillis;
  private volatile boolean calm;
  private volatile boolean over;

  /**
   * @param thinkMillis between two captures that an agent begins by itself, on average
   */
  Run(Cluster cluster, Ledger ledger, Tally tally, Beats beats, long thinkMillis)
      throws IOException {
    this.url = cluster.url();
    this.agentToken = cluster.token("agent");
    this.http = new Http(url, tally);
    this.ledger = ledger;
    this.tally = tally;
    this.beats = beats;
    this.thinkMillis = thinkMillis;
  }

  String url() {
    return url;
  }

  String agentToken() {
    return agentToken;
  }

  Http http() {
    return http;
  }

  Ledger ledger() {
    return ledger;
  }

  Tally tally() {
    return tally;
  }

  Beats beats() {
    return beats;
  }

  long thinkMillis() {
    return thinkMillis;
  }

  /** True when nothing new is to begin. */
  boolean isCalm() {
    return calm;
  }

  void calm() {
    calm = true;
  }

  /** True when everything is to end. */
  boolean isOver() {
    return over;
  }

  void end() {
    calm = true;
    over = true;
  }
}
