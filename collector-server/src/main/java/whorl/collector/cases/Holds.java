package whorl.collector.cases;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.HoldChange;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.outage.OneByOne;
import whorl.evidence.Id;

/**
 * The evidence that must not be purged, and why: it is on hold itself, or one of its cases is.
 * Holds are stored only in the custody log, one entry for each piece of evidence and holder.
 * Therefore the loss of an index cannot lose a hold, and a hold is durable when a method returns.
 *
 * <p>Each decision about a hold or a purge is made at the log's end, where nobody else can append,
 * also no other collector. So no hold can begin while evidence is being purged in custody, and
 * evidence that was purged there cannot be held any more. Thread-safe.
 */
public final class Holds {
  private static final Logger LOG = LoggerFactory.getLogger(Holds.class);
  private static final String CASE = "case";
  private static final String REASON = "reason";
  private static final int PAGE = 1000;

  private final EvidenceStore store;
  private final CustodyLog custody;
  private volatile long lastSize;

  public Holds(EvidenceStore store, CustodyLog custody) {
    this.store = store;
    this.custody = custody;
  }

  /** The holds of this evidence; empty if it may be purged. */
  public List<Hold> of(Id evidence) throws IOException {
    return custody.holds().of(evidence).stream().map(Holds::hold).toList();
  }

  public boolean isHeld(Id evidence) throws IOException {
    return !custody.holds().of(evidence).isEmpty();
  }

  /** Held evidence after this id, sorted by id. */
  List<Id> heldAfter(@Nullable String evidence, int limit) throws IOException {
    return custody.holds().heldAfter(evidence, limit);
  }

  /** All held evidence. */
  public Set<Id> held() throws IOException {
    Set<Id> held = new HashSet<>();
    String after = null;
    List<Id> page;
    do {
      page = heldAfter(after, PAGE);
      held.addAll(page);
      after = page.isEmpty() ? after : page.get(page.size() - 1).value();
    } while (page.size() == PAGE);
    return held;
  }

  /** The hold of a case; null if it has none. */
  public @Nullable Hold ofCase(Id id) throws IOException {
    return casesOnHold().get(id);
  }

  /** All cases on hold. */
  Map<Id, Hold> casesOnHold() throws IOException {
    Map<Id, Hold> cases = new LinkedHashMap<>();
    for (HoldChange each : custody.holds().cases()) {
      if (each.ofCase() != null) {
        cases.put(each.ofCase(), hold(each));
      }
    }
    return cases;
  }

  /** The evidence that is held by this case. */
  List<Id> heldBy(Id id) throws IOException {
    return custody.holds().heldBy(id);
  }

  /** The number of pieces of held evidence, for metrics; the last known one if custody is away. */
  public long size() {
    try {
      lastSize = custody.holds().size();
    } catch (IOException away) {
      // whether custody can be read is shown by the readiness of its database
    }
    return lastSize;
  }

  /**
   * Appends the purge of evidence to custody if it has no hold. A purge that is in custody already
   * is not repeated.
   *
   * @return the holds that prevent the purge; empty if custody lists it as purged now
   */
  public List<Hold> purgeUnlessHeld(Id evidence, CustodyLog.Draft purge) throws IOException {
    List<Hold> holds = new ArrayList<>();
    custody.append(
        () -> {
          holds.clear();
          holds.addAll(of(evidence));
          return holds.isEmpty() && !custody.purged(evidence) ? List.of(purge) : List.of();
        });
    return holds;
  }

  /**
   * Puts evidence on hold. Evidence on hold keeps its first hold. False if there is no such
   * evidence.
   */
  boolean hold(Id evidence, String by, String reason) throws IOException {
    return holdUnlessHeld(evidence, null, by, () -> reason);
  }

  /** Releases the hold of the evidence itself; holds of cases stay. */
  void release(Id evidence, String by, String reason) throws IOException {
    refuseInDoubt();
    custody.append(
        () ->
            isHeldBy(evidence, null)
                ? List.of(draft(CustodyAction.RELEASED, evidence, null, by, reason))
                : List.of());
    lock(evidence);
  }

  /**
   * Puts a case and its evidence on hold. A repeated call holds evidence that has no hold of the
   * case yet.
   */
  void holdCase(Id id, Collection<Id> members, String by, String reason) throws IOException {
    lockAll(appendHold(id, members, by, reason)).end();
  }

  /**
   * The same at a start, which completes what was interrupted. Evidence that cannot be locked, such
   * as one whose record is lost, is named in the log and does not keep the collector from starting.
   */
  void completeHold(Id id, Collection<Id> members, String by, String reason) throws IOException {
    OneByOne locks = lockAll(appendHold(id, members, by, reason));
    try {
      locks.end();
    } catch (IOException e) {
      LOG.warn("case {} is on hold, and not all of its evidence could be locked", id, e);
    }
  }

  /** Appends the holds that custody lacks; returns the evidence that is there. */
  private List<Id> appendHold(Id id, Collection<Id> members, String by, String reason)
      throws IOException {
    List<Id> stored = new ArrayList<>();
    for (Id member : members) {
      if (store.contains(member)) {
        stored.add(member);
      }
    }
    custody.append(
        () -> {
          List<CustodyLog.Draft> drafts = new ArrayList<>();
          Hold before = ofCase(id);
          if (before == null) {
            drafts.add(draft(CustodyAction.HELD, null, id, by, reason));
          }
          Set<Id> heldAlready = new HashSet<>(heldBy(id));
          for (Id evidence : stored) {
            if (!heldAlready.contains(evidence) && !custody.purged(evidence)) {
              drafts.add(
                  draft(
                      CustodyAction.HELD,
                      evidence,
                      id,
                      by,
                      before == null ? reason : before.reason()));
            }
          }
          return drafts;
        });
    return stored;
  }

  /**
   * Adds the hold of a case to evidence that joins the case.
   *
   * @return false if there is no such evidence
   */
  boolean holdJoining(Id evidence, Id id, String by) throws IOException {
    return holdUnlessHeld(
        evidence,
        id,
        by,
        () -> {
          Hold hold = ofCase(id);
          return hold == null ? null : hold.reason();
        });
  }

  /** Gives the reason of a hold; null if there is none. */
  private interface Reason {
    @Nullable String reason() throws IOException;
  }

  private boolean holdUnlessHeld(Id evidence, @Nullable Id ofCase, String by, Reason reasons)
      throws IOException {
    boolean stored = store.contains(evidence);
    boolean[] mayBeHeld = {false};
    custody.append(
        () -> {
          // its record may exist for a moment longer than custody keeps it
          mayBeHeld[0] = stored && !custody.purged(evidence);
          String reason = reasons.reason();
          return mayBeHeld[0] && reason != null && !isHeldBy(evidence, ofCase)
              ? List.of(draft(CustodyAction.HELD, evidence, ofCase, by, reason))
              : List.of();
        });
    if (mayBeHeld[0]) {
      lock(evidence);
    }
    return mayBeHeld[0];
  }

  /**
   * Locks each, also if another one cannot be, such as one whose content is lost. The result says
   * which.
   */
  private OneByOne lockAll(Collection<Id> evidence) throws IOException {
    OneByOne locks = new OneByOne();
    for (Id each : evidence) {
      locks.run("evidence " + each, () -> lock(each));
    }
    return locks;
  }

  /**
   * Locks the evidence in an object store that can do so, or takes the lock off, as custody says.
   * After a failure the same call can be repeated.
   */
  private void lock(Id evidence) throws IOException {
    if (store.contains(evidence)) {
      store.hold(evidence, isHeld(evidence));
    }
  }

  /** Refuses to let evidence leave a case that holds it while custody is in doubt. */
  void refuseLeavingInDoubt(Id evidence, Id id) throws IOException {
    if (isHeldBy(evidence, id)) {
      refuseInDoubt();
    }
  }

  /** Releases the hold of a case from evidence that leaves the case. */
  void releaseLeaving(Id evidence, Id id, String by) throws IOException {
    custody.append(
        () ->
            isHeldBy(evidence, id)
                ? List.of(draft(CustodyAction.RELEASED, evidence, id, by, "removed from the case"))
                : List.of());
    lock(evidence);
  }

  /**
   * Releases the hold of a case. The entry of the case itself comes last, so an interrupted release
   * can be repeated.
   */
  void releaseCase(Id id, String by, String reason) throws IOException {
    refuseInDoubt();
    List<Id> released = heldBy(id);
    custody.append(
        () -> {
          List<CustodyLog.Draft> drafts = new ArrayList<>();
          for (Id evidence : heldBy(id)) {
            drafts.add(draft(CustodyAction.RELEASED, evidence, id, by, reason));
          }
          if (ofCase(id) != null) {
            drafts.add(draft(CustodyAction.RELEASED, null, id, by, reason));
          }
          return drafts;
        });
    lockAll(released).end();
  }

  /** Refuses to end a hold while custody is in doubt, because entries of holds may be missing. */
  private void refuseInDoubt() throws IOException {
    List<String> doubts = custody.readDoubts();
    if (!doubts.isEmpty()) {
      throw new ProblemException(
          409,
          "custody in doubt",
          "no hold ends while custody is in doubt: "
              + doubts.get(0)
              + "; restore the log, or accept it with POST /api/v1/custody/acknowledge");
    }
  }

  private boolean isHeldBy(Id evidence, @Nullable Id ofCase) throws IOException {
    for (HoldChange each : custody.holds().of(evidence)) {
      if (ofCase == null ? each.ofCase() == null : ofCase.equals(each.ofCase())) {
        return true;
      }
    }
    return false;
  }

  private static Hold hold(HoldChange change) {
    return new Hold(change.ofCase(), change.by(), change.at(), change.reason());
  }

  private static CustodyLog.Draft draft(
      CustodyAction action, @Nullable Id evidence, @Nullable Id ofCase, String by, String reason) {
    Map<String, String> detail = new LinkedHashMap<>();
    if (ofCase != null) {
      detail.put(CASE, ofCase.value());
    }
    detail.put(REASON, reason);
    return new CustodyLog.Draft(action, evidence, by, detail);
  }
}
