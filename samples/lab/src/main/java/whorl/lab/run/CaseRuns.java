package whorl.lab.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import whorl.lab.cases.LabCase;
import whorl.lab.report.Results;
import whorl.lab.report.TerminalTable;
import whorl.lab.verdict.Judge;
import whorl.lab.verdict.Observation;
import whorl.lab.verdict.Verdict;

/** Runs cases, several at once, and keeps and prints the verdict of each when it is there. */
public final class CaseRuns {
  private final Observer observer;
  private final Results results;
  private final TerminalTable table;

  /** Runs one case and returns the result. */
  public interface Observer {
    Observation observe(One one) throws IOException, InterruptedException;
  }

  /**
   * A case on a Java.
   *
   * @param home of that Java
   */
  public record One(LabCase which, int java, Path home) {}

  public CaseRuns(Observer observer, Results results, TerminalTable table) {
    this.observer = observer;
    this.results = results;
    this.table = table;
  }

  /**
   * The verdicts, in the order of the cases.
   *
   * @param jobs how many run at once
   * @param onceMore whether those that fail are run a second time, alone
   */
  public List<Verdict> run(List<One> all, int jobs, boolean onceMore)
      throws IOException, InterruptedException {
    List<Verdict> verdicts = sideBySide(all, jobs);
    for (int i = 0; onceMore && i < all.size(); i++) {
      if (!verdicts.get(i).passed()) {
        verdicts.set(i, run(all.get(i)));
      }
    }
    return verdicts;
  }

  private List<Verdict> sideBySide(List<One> all, int jobs)
      throws IOException, InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, jobs));
    try {
      List<Callable<Verdict>> runs = new ArrayList<>();
      all.forEach(one -> runs.add(() -> run(one)));
      List<Verdict> verdicts = new ArrayList<>();
      for (Future<Verdict> run : pool.invokeAll(runs)) {
        verdicts.add(run.get());
      }
      return verdicts;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private Verdict run(One one) throws IOException, InterruptedException {
    Verdict verdict = Judge.verdict(one.which(), one.java(), observer.observe(one));
    results.write(verdict);
    table.line(verdict);
    return verdict;
  }
}
