package whorl.collector.custody.publish;

import java.time.Duration;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.database.KeptLease;
import whorl.collector.store.database.Leases;
import whorl.collector.store.database.Leases.Lease;

/**
 * The turn of the collector that has the lease {@code custody}. If that collector dies, another has
 * its turn when the lease has ended. Thread-safe.
 */
public final class LeaseTurn implements Turn, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseTurn.class);
  private static final String NAME = "custody";
  private static final Duration LENGTH = Duration.ofSeconds(10);

  private final KeptLease kept;

  public LeaseTurn(Leases leases) {
    this(leases, LENGTH);
  }

  LeaseTurn(Leases leases, Duration length) {
    this.kept =
        leases.keep(
            NAME,
            length,
            new KeptLease.Listener() {
              @Override
              public void taken(Lease lease) {
                LOG.info("this collector publishes the custody log now");
              }

              @Override
              public void lost(Lease lease) {
                LOG.info("this collector publishes the custody log no longer");
              }
            });
  }

  @Override
  public OptionalLong fence() {
    Lease lease = kept.lease();
    return lease == null ? OptionalLong.empty() : OptionalLong.of(lease.fencing());
  }

  @Override
  public void close() {
    kept.close();
  }
}
