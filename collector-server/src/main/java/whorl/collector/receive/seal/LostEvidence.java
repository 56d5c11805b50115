package whorl.collector.receive.seal;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.store.records.Catalog;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;

/** Names evidence whose record is missing, with what custody knows of it. */
final class LostEvidence {
  private static final Logger LOG = LoggerFactory.getLogger(LostEvidence.class);
  private static final String AGENT = "agent ";

  private final Catalog catalog;
  private final CustodyLog custody;

  LostEvidence(Catalog catalog, CustodyLog custody) {
    this.catalog = catalog;
    this.custody = custody;
  }

  /** Lists evidence as lost, and says so. */
  void report(Id id) throws IOException {
    Instant sealed = list(id);
    if (sealed != null) {
      LOG.warn(
          "evidence {} is lost: according to custody it was kept on {}, but its record does not"
              + " exist; restore it from a backup",
          id,
          sealed);
    }
  }

  /**
   * Adds the evidence to the catalog, unless it is there.
   *
   * @return when it was kept; null if custody does not say so
   */
  @Nullable Instant list(Id id) throws IOException {
    Instant sealed = null;
    Id agent = id; // if the entries name none
    for (CustodyEntry entry : custody.entries(id)) {
      String actor = entry.actor();
      if (actor.startsWith(AGENT) && Id.isId(actor.substring(AGENT.length()))) {
        agent = new Id(actor.substring(AGENT.length()));
      }
      if (entry.detail().containsKey("record")) {
        sealed = entry.time();
      }
    }
    if (sealed != null) {
      catalog.putLost(id, agent, sealed);
    }
    return sealed;
  }
}
