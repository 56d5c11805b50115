package whorl.collector.http.auth;

import java.io.IOException;
import java.time.Duration;
import whorl.collector.limit.RemoteNetwork;
import whorl.collector.store.limits.LoginLedger;

/** Counts the failed logins at all collectors together. */
public final class SharedLoginLimit implements LoginLimit {
  private final LoginLedger ledger;

  /**
   * @param ledger with {@link LoginLimit#BURST} and {@link LoginLimit#PERIOD}
   */
  public SharedLoginLimit(LoginLedger ledger) {
    this.ledger = ledger;
  }

  @Override
  public void failed(String remoteAddress) throws IOException {
    Duration wait = ledger.failed(RemoteNetwork.of(remoteAddress));
    if (!wait.isZero()) {
      throw LoginLimit.tooMany(wait);
    }
  }
}
