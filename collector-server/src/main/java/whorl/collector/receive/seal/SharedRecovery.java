package whorl.collector.receive.seal;

import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.log.CommittedRecords;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.EvidenceListing;
import whorl.collector.receive.uploads.Uploads;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.shared.MissingEvidence;
import whorl.collector.store.objects.shared.MissingEvidence.What;
import whorl.collector.store.objects.shared.RecoveryState;
import whorl.collector.store.objects.shared.RecoveryState.At;
import whorl.collector.store.objects.shared.RecoveryState.Step;
import whorl.collector.store.objects.shared.SharedScan;
import whorl.collector.store.objects.shared.SharedScan.Stray;
import whorl.collector.store.objects.shared.SharedStore;
import whorl.collector.store.objects.shared.StrayTimelines;
import whorl.collector.store.outage.Outage;
import whorl.collector.store.records.Catalog;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Recovery of what several collectors share, in passes of small pages, by one collector at a time:
 *
 * <ol>
 *   <li>records: a row without its record is lost evidence; a record without a row is evidence that
 *       is newer than restored rows, and is found again
 *   <li>custody: evidence that custody lists as kept, and that has no row, is lost too; evidence
 *       that is in no entry of custody raises a doubt
 *   <li>catalog: it is aligned with the records
 *   <li>content: evidence whose content is missing is named; content that nothing refers to is
 *       deleted, unless a record is missing or cannot be read, or custody is in doubt
 *   <li>timelines: those whose evidence is gone are deleted, unless the same is so
 * </ol>
 *
 * Each page can be repeated. How far a pass has come is in the database, so another collector goes
 * on where one ended.
 */
final class SharedRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(SharedRecovery.class);
  private static final int LOGGED_MAX = 20;
  private static final String UNKNOWN = " is in no entry of custody: the log may have been lost";

  private final SharedStore store;
  private final SharedScan scan;
  private final RecoveryState state;
  private final MissingEvidence missing;
  private final Catalog catalog;
  private final CustodyLog custody;
  private final Uploads uploads;
  private final LostEvidence lost;
  private final RecoveryCounters counters;
  private final boolean sharedCustody;
  private int logged;

  /**
   * @param sharedCustody true if custody is in the database of the store
   */
  SharedRecovery(
      SharedStore store,
      RecoveryState state,
      MissingEvidence missing,
      Catalog catalog,
      CustodyLog custody,
      Uploads uploads,
      RecoveryCounters counters,
      boolean sharedCustody) {
    this.store = store;
    this.scan = store.scan();
    this.state = state;
    this.missing = missing;
    this.catalog = catalog;
    this.custody = custody;
    this.uploads = uploads;
    this.lost = new LostEvidence(catalog, custody);
    this.counters = counters;
    this.sharedCustody = sharedCustody;
  }

  /**
   * Continues a pass, or begins one if the last one ended long ago.
   *
   * @param interval between two passes
   * @param pause after each page, so that a pass takes little of database and object store
   * @param mayGoOn is asked before each page
   * @return true if a pass was completed
   */
  boolean run(Duration interval, Duration pause, BooleanSupplier mayGoOn)
      throws IOException, InterruptedException {
    At at = state.read();
    if (at.step() == Step.DONE) {
      if (at.sinceEnd().compareTo(interval) < 0) {
        return false;
      }
      at = state.begin(at);
      logged = 0;
    }
    while (mayGoOn.getAsBoolean()) {
      at = at.next(page(at));
      if (at.step() == Step.DONE) {
        end(at);
        return true;
      }
      state.save(at);
      TimeUnit.MILLISECONDS.sleep(pause.toMillis());
    }
    return false;
  }

  /** Does one page; returns its end, which is empty if it was the step's last one. */
  private String page(At at) throws IOException {
    return switch (at.step()) {
      case RECORDS -> records(at);
      case CUSTODY -> custody(at);
      case CATALOG -> catalog(at);
      case CONTENT -> content(at);
      case TIMELINES -> timelines(at);
      case DONE -> "";
    };
  }

  private void end(At done) throws IOException {
    int found = missing.forgetBefore(done.pass());
    if (found > 0) {
      LOG.warn("{} pieces of evidence that were missing are complete again", found);
    }
    state.save(done);
    counters.passes.increment();
  }

  private String records(At at) throws IOException {
    SharedScan.Records page = scan.records(at.position());
    for (Id id : page.missing()) {
      lost(id, at.pass());
    }
    for (Map.Entry<Id, List<Stray>> each : page.strays().entrySet()) {
      stray(each.getKey(), each.getValue(), at.pass());
    }
    return page.next();
  }

  private void lost(Id id, long pass) throws IOException {
    if (missing.add(id, What.RECORD, null, pass) && logged++ < LOGGED_MAX) {
      lost.report(id);
    } else {
      lost.list(id);
    }
  }

  private void stray(Id id, List<Stray> versions, long pass) throws IOException {
    if (custody.purged(id)) {
      for (Stray each : versions) {
        scan.deleteStray(each);
      }
      return;
    }
    if (uploads.contains(id)) {
      return; // its seal goes on from the uploads
    }
    CommittedRecords committed = CommittedRecords.of(custody.entries(id));
    versions.sort(
        Comparator.comparing((Stray each) -> committed.isCurrent(each.sha256().hex()))
            .thenComparing(Stray::writtenAt)
            .reversed());
    for (Stray each : versions) {
      EvidenceRecord record = read(each);
      if (record != null) {
        if (scan.adopt(record, each.sha256())) {
          EvidenceListing.put(catalog, custody, record, each.sha256());
          counters.found.increment();
          LOG.warn("evidence {} was not in the database, and is found again", id);
        }
        return;
      }
    }
    missing.add(id, What.RECORD, versions.get(0).sha256(), pass);
  }

  private @Nullable EvidenceRecord read(Stray stray) throws IOException {
    try {
      return scan.read(stray);
    } catch (IOException e) {
      if (Outage.of(e) != null) {
        throw e;
      }
      LOG.warn("evidence {}: a record that no row has cannot be read", stray.evidence(), e);
      return null;
    }
  }

  private String custody(At at) throws IOException {
    List<Id> page = sharedCustody ? scan.keptWithoutRow(at.position()) : keptWithoutRow();
    for (Id id : page) {
      lost(id, at.pass());
    }
    if (page.isEmpty() || !sharedCustody) {
      Id unknown = sharedCustody ? scan.unknownToCustody() : unknownToCustody();
      if (unknown != null
          && custody.readDoubts().stream().noneMatch(why -> why.endsWith(UNKNOWN))) {
        custody.doubt("evidence " + unknown + UNKNOWN);
      }
    }
    return sharedCustody ? lastOf(page) : "";
  }

  /** Does what the scan does, for a log in a file, whose state is in memory. */
  private List<Id> keptWithoutRow() throws IOException {
    Set<Id> kept = new TreeSet<>(custody.kept());
    kept.removeAll(store.evidence());
    return List.copyOf(kept);
  }

  private @Nullable Id unknownToCustody() throws IOException {
    Set<Id> due = Set.copyOf(store.dueInCustody());
    for (Id id : store.evidence()) {
      if (!due.contains(id) && !custody.isKept(id) && !custody.purged(id)) {
        return id;
      }
    }
    return null;
  }

  private String catalog(At at) throws IOException {
    List<Id> page = scan.notInCatalog(at.position());
    for (Id id : page) {
      align(id);
    }
    if (page.isEmpty()) {
      removeFromCatalog();
    }
    return lastOf(page);
  }

  /** What is lost stays in the catalog. */
  private void removeFromCatalog() throws IOException {
    String after = "";
    do {
      List<Id> page = scan.onlyInCatalog(after);
      for (Id id : page) {
        if (!custody.isKept(id)) {
          catalog.remove(id);
          counters.catalogued.increment();
        }
      }
      after = lastOf(page);
    } while (!after.isEmpty());
  }

  private void align(Id id) throws IOException {
    try {
      byte[] json = store.recordBytes(id);
      if (json != null) {
        EvidenceListing.put(catalog, custody, EvidenceRecord.parse(json), Digest.of(json));
        counters.catalogued.increment();
      }
    } catch (IOException e) {
      if (Outage.of(e) != null) {
        throw e;
      }
      lost.list(id); // its record is missing, or was changed; both are named already
      LOG.debug("evidence {} stays as it is in the catalog", id, e);
    }
  }

  private String content(At at) throws IOException {
    boolean sweep = maySweep();
    SharedScan.Contents page = scan.contents(at.position(), sweep);
    for (Map.Entry<Id, Digest> each : page.missing().entrySet()) {
      if (missing.add(each.getKey(), What.CONTENT, each.getValue(), at.pass())
          && logged++ < LOGGED_MAX) {
        LOG.warn(
            "evidence {} is incomplete: the object store does not have blob {}; restore it from a"
                + " backup",
            each.getKey(),
            each.getValue());
      }
    }
    counters.swept.add(page.swept());
    counters.locked.add(page.locked());
    if (page.swept() > 0) {
      LOG.warn("{} contents that no evidence refers to were deleted", page.swept());
    }
    return page.next();
  }

  private boolean maySweep() throws IOException {
    return missing.summary().records() == 0 && custody.readDoubts().isEmpty();
  }

  private String timelines(At at) throws IOException {
    if (!maySweep()) {
      return "";
    }
    StrayTimelines.Deleted page = store.strayTimelines().delete(at.position());
    counters.swept.add(page.deleted());
    if (page.deleted() > 0) {
      LOG.warn("{} files of timelines whose evidence is gone were deleted", page.deleted());
    }
    return page.next();
  }

  private static String lastOf(List<Id> page) {
    return page.isEmpty() ? "" : page.get(page.size() - 1).value();
  }
}
