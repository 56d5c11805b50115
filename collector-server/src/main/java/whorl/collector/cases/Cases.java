package whorl.collector.cases;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.database.Database;
import whorl.collector.store.records.CaseLedger;
import whorl.collector.store.records.CaseRecord;
import whorl.collector.store.records.NoteRecord;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Changes to cases. When a method returns, the change is in custody and in the ledger, or in
 * neither; a hold is in custody only. Thread-safe.
 */
public final class Cases {
  private static final Logger LOG = LoggerFactory.getLogger(Cases.class);
  private static final String COLLECTOR = "collector";

  private final CaseLedger ledger;
  private final Holds holds;
  private final CustodyLog custody;
  private final InstantSource clock;
  private final CaseGuard guard;
  private final OriginOf origins;

  /** Finds whose evidence is. */
  @FunctionalInterface
  public interface OriginOf {
    /** The id of the evidence's origin; empty if it is nobody's, or there is no such evidence. */
    String originOf(Id evidence) throws IOException;
  }

  private Cases(
      CaseLedger ledger, Holds holds, CustodyLog custody, InstantSource clock, OriginOf origins) {
    this.origins = origins;
    this.ledger = ledger;
    this.holds = holds;
    this.custody = custody;
    this.clock = clock;
    this.guard = new CaseGuard(ledger);
  }

  /** Opens the cases and completes the interrupted changes of an earlier run. */
  public static Cases open(
      CaseLedger ledger, Holds holds, CustodyLog custody, InstantSource clock, OriginOf origins)
      throws IOException {
    Cases cases = new Cases(ledger, holds, custody, clock, origins);
    cases.recover();
    return cases;
  }

  /**
   * A change to a case; null means unchanged.
   *
   * @param state {@code open} or {@code closed}
   * @param tags all tags, in place of those that there are
   * @param addTags tags that it gets besides those that others have given it
   * @param removeTags tags that it loses
   */
  record Change(
      @Nullable String title,
      @Nullable String description,
      @Nullable String state,
      @Nullable List<String> tags,
      @Nullable List<String> addTags,
      @Nullable List<String> removeTags) {

    /** The tags of the case after the change, if it has these before. */
    List<String> tagsAfter(List<String> before) {
      if (tags == null && addTags == null && removeTags == null) {
        return before;
      }
      List<String> after = new ArrayList<>(tags == null ? before : CaseLimits.tags(tags));
      if (removeTags != null) {
        after.removeAll(CaseLimits.tags(removeTags));
      }
      if (addTags != null) {
        after.addAll(addTags);
      }
      return CaseLimits.tags(after);
    }
  }

  CaseLedger ledger() {
    return ledger;
  }

  Holds holds() {
    return holds;
  }

  synchronized CaseRecord create(
      @Nullable String title, @Nullable String description, List<String> tags, String by)
      throws IOException {
    if (ledger.count() >= CaseLimits.CASES) {
      throw full("there are " + CaseLimits.CASES + " cases; delete one that is no longer needed");
    }
    CaseRecord created =
        new CaseRecord(
            Id.next(clock),
            CaseLimits.title(title),
            description == null ? "" : CaseLimits.description(description),
            false,
            clock.instant(),
            by,
            CaseLimits.tags(tags),
            0,
            0);
    return commit(
        created.id(),
        null,
        by,
        caseDetail("created", created),
        () -> {
          ledger.insert(created);
          return created;
        });
  }

  synchronized CaseRecord change(Id id, Change change, String by) throws IOException {
    CaseRecord before = require(id);
    CaseRecord after =
        new CaseRecord(
            id,
            change.title() == null ? before.title() : CaseLimits.title(change.title()),
            change.description() == null
                ? before.description()
                : CaseLimits.description(change.description()),
            change.state() == null ? before.closed() : CaseLimits.isClosed(change.state()),
            before.createdAt(),
            before.createdBy(),
            change.tagsAfter(before.tags()),
            before.evidence(),
            before.notes());
    if (after.equals(before)) {
      return before;
    }
    return commit(
        id,
        null,
        by,
        caseDetail("changed", after),
        () -> {
          guard.requireUnchanged(before);
          ledger.update(after);
          return after;
        });
  }

  /** Deletes a case with its notes, unless it is on hold. */
  synchronized void delete(Id id, String by) throws IOException {
    CaseRecord before = require(id);
    Hold hold = holds.ofCase(id);
    if (hold != null) {
      throw new ProblemException(
          409, "on hold", "case " + id + " is on hold (" + hold.describe() + "); release it first");
    }
    Map<String, String> detail = caseDetail("deleted", before);
    detail.put("notes", Integer.toString(before.notes()));
    commit(
        id,
        null,
        by,
        detail,
        () -> {
          guard.requireUnchanged(before);
          ledger.delete(id);
          return id;
        });
  }

  /** True if there is a case with this id. */
  public boolean exists(Id id) throws IOException {
    return ledger.find(id) != null;
  }

  /**
   * Adds evidence to a case.
   *
   * @throws ProblemException if there is no such case or evidence, or if the case is full
   */
  public synchronized void add(Id id, Id evidence, String by) throws IOException {
    CaseRecord before = require(id);
    boolean member = ledger.has(id, evidence);
    if (!member && before.evidence() >= CaseLimits.EVIDENCE) {
      throw full(
          "case " + id + " has " + CaseLimits.EVIDENCE + " pieces of evidence; make another");
    }
    if (!holds.holdJoining(evidence, id, actor(by))) {
      throw noEvidence(evidence);
    }
    if (!member) {
      String origin = origins.originOf(evidence);
      commit(
          id,
          evidence,
          by,
          change("added"),
          () -> {
            boolean unused = guard.requireExisting(id);
            ledger.addOrigin(id, origin);
            return ledger.add(id, evidence);
          });
      // another collector may have put the case on hold since, without this evidence
      boolean unused = holds.holdJoining(evidence, id, actor(by));
    }
  }

  /**
   * @param mayRelease true if the caller may remove evidence from a case that is on hold
   */
  synchronized void remove(Id id, Id evidence, String by, boolean mayRelease) throws IOException {
    require(id);
    if (!ledger.has(id, evidence)) {
      throw new ProblemException(
          404, "not in the case", "case " + id + " does not have evidence " + evidence);
    }
    Hold hold = holds.ofCase(id);
    if (hold != null && !mayRelease) {
      throw new ProblemException(
          403,
          "on hold",
          "case "
              + id
              + " is on hold ("
              + hold.describe()
              + "); a token of role admin may do this");
    }
    holds.refuseLeavingInDoubt(evidence, id);
    commit(id, evidence, by, change("removed"), () -> ledger.remove(id, evidence));
    holds.releaseLeaving(evidence, id, actor(by));
  }

  synchronized NoteRecord note(Id id, @Nullable String text, @Nullable String row, String by)
      throws IOException {
    CaseRecord before = require(id);
    if (before.notes() >= CaseLimits.NOTES) {
      throw full("case " + id + " has " + CaseLimits.NOTES + " notes; make another case");
    }
    NoteRecord note =
        new NoteRecord(
            Id.next(clock),
            clock.instant(),
            by,
            CaseLimits.note(text),
            row == null ? null : CaseLimits.row(row));
    return write(id, note);
  }

  synchronized void hold(Id id, String reason, String by) throws IOException {
    require(id);
    List<Id> members = ledger.evidence(id, CaseLimits.EVIDENCE);
    holds.holdCase(id, members, actor(by), reason);
    Set<Id> joined = new LinkedHashSet<>(ledger.evidence(id, CaseLimits.EVIDENCE));
    joined.removeAll(Set.copyOf(members));
    if (!joined.isEmpty()) { // by another collector, which did not see the hold yet
      holds.holdCase(id, joined, actor(by), reason);
    }
  }

  synchronized void release(Id id, String reason, String by) throws IOException {
    require(id);
    holds.releaseCase(id, actor(by), reason);
  }

  /**
   * Removes purged evidence from its cases, and adds a note to each.
   *
   * @param why a sentence
   */
  public synchronized void purged(Id evidence, String why) throws IOException {
    for (Id id : ledger.casesOf(evidence)) {
      String text = "Evidence " + evidence + " of this case was purged: " + why;
      commit(id, null, COLLECTOR, change("purged"), () -> ledger.remove(id, evidence));
      if (ledger.find(id) != null) { // else another collector deleted the case just now
        write(id, new NoteRecord(Id.next(clock), clock.instant(), COLLECTOR, text, null));
      }
    }
  }

  /** The case; throws a 404 problem if it does not exist. */
  CaseRecord require(Id id) throws IOException {
    CaseRecord found = ledger.find(id);
    if (found == null) {
      throw new ProblemException(
          404, "no such case", "no case " + id + "; GET /api/v1/cases lists all");
    }
    return found;
  }

  static ProblemException noEvidence(Id evidence) {
    return new ProblemException(
        404, "no such evidence", "no evidence " + evidence + "; GET /api/v1/evidence lists it");
  }

  static String actor(String by) {
    return by.equals(COLLECTOR) ? by : "token " + by;
  }

  private void recover() throws IOException {
    for (Id evidence : ledger.allEvidence()) {
      CustodyEntry purge = custody.purge(evidence);
      if (purge != null) {
        purged(evidence, purge.detail().getOrDefault("reason", "no reason given"));
      }
    }
    for (Map.Entry<Id, Hold> held : holds.casesOnHold().entrySet()) {
      Id id = held.getKey();
      if (ledger.find(id) == null) {
        restore(id, held.getValue());
      }
      holds.completeHold(
          id, ledger.evidence(id, CaseLimits.EVIDENCE), COLLECTOR, held.getValue().reason());
    }
  }

  /**
   * Restores a case whose hold is in custody, but which is missing in the ledger, so that its hold
   * can be seen and released.
   */
  private void restore(Id id, Hold hold) throws IOException {
    LOG.warn("case {} is on hold, but missing in cases.db: restored from custody", id);
    CaseRecord created =
        new CaseRecord(
            id,
            "Restored: " + id,
            "cases.db was lost. Custody has the hold and the evidence of this case; title, tags"
                + " and notes are lost.",
            false,
            hold.at(),
            COLLECTOR,
            List.of(),
            0,
            0);
    commit(
        id,
        null,
        COLLECTOR,
        caseDetail("restored", created),
        () -> {
          ledger.insert(created);
          for (Id evidence : holds.heldBy(id)) {
            ledger.add(id, evidence);
          }
          return id;
        });
  }

  private NoteRecord write(Id id, NoteRecord note) throws IOException {
    Map<String, String> detail = change("noted");
    detail.put("note", note.id().value());
    detail.put("textSha256", Digest.of(note.text().getBytes(StandardCharsets.UTF_8)).hex());
    if (note.row() != null) {
      detail.put("row", note.row());
    }
    return commit(
        id,
        null,
        note.by(),
        detail,
        () -> {
          guard.requireExisting(id);
          ledger.note(id, note);
          return note;
        });
  }

  /**
   * Writes to custody last, just before the commit, so that custody lists only changes that can be
   * stored.
   */
  private <T> T commit(
      Id id,
      @Nullable Id evidence,
      String by,
      Map<String, String> detail,
      Database.Transaction<T> change)
      throws IOException {
    Map<String, String> detailWithCase = new LinkedHashMap<>(detail);
    detailWithCase.put("case", id.value());
    List<CustodyEntry> entries = new ArrayList<>(1);
    try {
      return ledger.together(
          () -> {
            T result = change.run();
            entries.add(
                custody.append(CustodyAction.CASE_CHANGED, evidence, actor(by), detailWithCase));
            return result;
          });
    } catch (IOException | RuntimeException e) {
      for (CustodyEntry entry : entries) {
        revoke(entry, e);
      }
      throw e;
    }
  }

  private void revoke(CustodyEntry entry, Exception why) {
    try {
      if (!custody.contains(entry)) {
        return; // it was undone with the transaction
      }
      custody.append(
          CustodyAction.CASE_CHANGED,
          entry.evidence(),
          COLLECTOR,
          Map.of(
              "case",
              entry.detail().getOrDefault("case", ""),
              "change",
              "failed",
              "entry",
              Long.toString(entry.sequence())));
    } catch (IOException alsoFailed) {
      why.addSuppressed(alsoFailed);
    }
  }

  private static Map<String, String> change(String what) {
    Map<String, String> detail = new LinkedHashMap<>();
    detail.put("change", what);
    return detail;
  }

  private static Map<String, String> caseDetail(String what, CaseRecord record) {
    Map<String, String> detail = change(what);
    detail.put("title", record.title());
    detail.put("state", record.closed() ? "closed" : "open");
    detail.put("tags", String.join(", ", record.tags()));
    detail.put(
        "descriptionSha256",
        Digest.of(record.description().getBytes(StandardCharsets.UTF_8)).hex());
    return detail;
  }

  private static ProblemException full(String detail) {
    return new ProblemException(409, "too many", detail);
  }
}
