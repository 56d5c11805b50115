package whorl.collector.migrate;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.records.MoveLedger;
import whorl.collector.store.records.MoveLedger.Carried;
import whorl.collector.thread.DaemonThreads;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** Carries all evidence, several pieces at a time, and none twice without a reason. */
final class EvidenceMove {
  /** How much is begun ahead: little, so that a failure is noticed soon. */
  private static final int AHEAD = 64;

  private static final Logger LOG = LoggerFactory.getLogger(EvidenceMove.class);

  private final Direction direction;
  private final MoveLedger ledger;
  private final MoveSettings settings;
  private final List<String> problems = new ArrayList<>();
  private long evidence;
  private long carriedNow;
  private long bytes;
  private long timelines;

  EvidenceMove(Direction direction, MoveLedger ledger, MoveSettings settings) {
    this.direction = direction;
    this.ledger = ledger;
    this.settings = settings;
  }

  /** A piece that is on its way. */
  private record OnItsWay(Id evidence, Future<EvidenceCarrier.Result> result) {}

  /**
   * Carries what is not there yet.
   *
   * @param of bytes of all evidence, for the progress
   */
  void run(long of) throws IOException {
    EvidenceStore from = direction.from().store();
    CustodyLog log = direction.log();
    Map<Id, Carried> before = ledger.carried();
    EvidenceCarrier carrier =
        new EvidenceCarrier(direction, direction.dueInCustody(), settings.clock());
    Set<Id> expected = new HashSet<>();
    ExecutorService carriers =
        Executors.newFixedThreadPool(settings.threads(), new DaemonThreads("whorl-migrate"));
    Deque<OnItsWay> onTheirWay = new ArrayDeque<>();
    try {
      for (Id each : from.evidence()) {
        if (log.purged(each)) {
          continue; // its purge was interrupted, and ends by being left behind
        }
        Carried there = before.get(each);
        if (there != null && isSame(from, each, there)) {
          expected.add(each);
          count(there, of);
          continue;
        }
        onTheirWay.add(new OnItsWay(each, carriers.submit(() -> carrier.carry(each))));
        if (onTheirWay.size() >= AHEAD) {
          arrived(onTheirWay.remove(), expected, of);
        }
      }
      while (!onTheirWay.isEmpty()) {
        arrived(onTheirWay.remove(), expected, of);
      }
    } finally {
      end(carriers);
    }
    removeOthers(expected);
    reportLost(from, expected);
    Set<Id> found = new HashSet<>(direction.to().store().evidence());
    if (!found.equals(expected)) {
      throw new IOException(
          direction.to().name()
              + " has "
              + found.size()
              + " pieces of evidence, and "
              + expected.size()
              + " were carried there; something else writes to it");
    }
    evidence = expected.size();
  }

  /** After a failure the others end soon; what they have carried is there in part. */
  private static void end(ExecutorService carriers) {
    carriers.shutdownNow();
    try {
      if (!carriers.awaitTermination(30, TimeUnit.SECONDS)) {
        LOG.warn("evidence is still being carried while the move ends");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Evidence with problems is copied again, because they may have been repaired. */
  private static boolean isSame(EvidenceStore from, Id evidence, Carried there) throws IOException {
    byte[] json = there.problems().isEmpty() ? from.recordBytes(evidence) : null;
    return json != null && Digest.of(json).equals(there.record());
  }

  private void arrived(OnItsWay piece, Set<Id> expected, long of) throws IOException {
    EvidenceCarrier.Result result;
    try {
      result = piece.result().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted; run whorl migrate again, it goes on from here", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException("evidence " + piece.evidence() + ": " + cause.getMessage(), cause);
    }
    if (result.evidence() == null) {
      problems.addAll(result.problems());
      return;
    }
    ledger.add(piece.evidence(), result.evidence());
    expected.add(piece.evidence());
    carriedNow++;
    timelines += result.timeline() ? 1 : 0;
    count(result.evidence(), of);
  }

  private void count(Carried carried, long of) {
    bytes += carried.bytes();
    problems.addAll(carried.problems());
    settings.watcher().bytes(bytes, Math.max(of, bytes));
  }

  /** Removes what an earlier run carried and the source does not have any more. */
  private void removeOthers(Set<Id> expected) throws IOException {
    EvidenceStore to = direction.to().store();
    for (Id each : to.evidence()) {
      if (!expected.contains(each)) {
        EvidenceRecord record = to.record(each);
        to.remove(each);
        ledger.remove(each);
        if (record != null) {
          Set<Digest> content = new HashSet<>();
          record.artifacts().stream().map(StoredArtifact::sha256).forEach(content::add);
          to.discard(content);
        }
      }
    }
  }

  /** Names evidence that custody says was kept, and that the source does not have. */
  private void reportLost(EvidenceStore from, Set<Id> expected) throws IOException {
    for (Id each : new TreeSet<>(direction.log().kept())) {
      if (!expected.contains(each) && !from.contains(each)) {
        problems.add("evidence " + each + ": custody says that it was kept, but it is not there");
      }
    }
  }

  List<String> problems() {
    return problems;
  }

  long evidence() {
    return evidence;
  }

  long carriedNow() {
    return carriedNow;
  }

  long bytes() {
    return bytes;
  }

  long timelines() {
    return timelines;
  }
}
