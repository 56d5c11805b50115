package whorl.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.eclipse.aether.RepositoryException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.lab.cases.CaseFolders;
import whorl.lab.cases.LabCase;
import whorl.lab.prepare.CasePreparation;
import whorl.lab.prepare.JavaHomes;
import whorl.lab.prepare.MavenArtifacts;
import whorl.lab.prepare.Watcher;
import whorl.lab.report.DetectionPage;
import whorl.lab.report.Results;
import whorl.lab.report.TerminalTable;
import whorl.lab.run.CaseProcess;
import whorl.lab.run.CaseRuns;
import whorl.lab.run.NetworkNamespace;
import whorl.lab.verdict.Judge;
import whorl.lab.verdict.Observation;
import whorl.lab.verdict.Verdict;

/** The command: runs cases and writes the scorecard. */
@Command(
    name = "samples/lab/run",
    mixinStandardHelpOptions = true,
    description =
        "Runs published attacks and ordinary workloads against the agent and the collector.")
final class Lab implements Callable<Integer> {
  private static final List<Integer> VERSIONS = List.of(17, 25);
  private static final int SHORT_TRAFFIC_SECONDS = 8;
  private static final int SHORT_CAPTURE_SECONDS = 2;

  @Option(
      names = "--java",
      description = "17, 25 or both (default: ${DEFAULT-VALUE})",
      defaultValue = "17")
  private String java = "17";

  @Option(
      names = "--short",
      description = "12 attacks and 8 workloads, in about six minutes; no report")
  private boolean shortForm;

  @Option(names = "--list", description = "only lists the cases")
  private boolean list;

  @Option(
      names = "--prepare",
      description = "only downloads what the cases need, and compiles them; runs nothing")
  private boolean prepare;

  @Option(
      names = "--without-agent",
      description = "only tries whether the attacks and workloads themselves work; no report")
  private boolean withoutAgent;

  @Option(
      names = "--datadog",
      description = "runs them under Datadog's agent in Whorl's place, for comparison")
  private boolean datadog;

  @Option(
      names = "--report",
      description = "runs nothing, and only writes what came of earlier runs into docs/detection.md")
  private boolean report;

  @Option(names = "--no-report", description = "leaves docs/detection.md as it is")
  private boolean noReport;

  @Option(
      names = "--traffic",
      paramLabel = "SECONDS",
      description = "how long the traffic of each workload goes on, instead of what the case says")
  private int trafficSeconds;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description =
          "so many cases at once; times are those of a busy machine then (default: ${DEFAULT-VALUE})",
      defaultValue = "1")
  private int jobs = 1;

  @Option(
      names = "--once-more",
      description = "runs a case that fails a second time, alone, and takes what comes then")
  private boolean onceMore;

  @Parameters(paramLabel = "NAME", description = "names or globs of cases; all when none is given")
  private List<String> names = new ArrayList<>();

  private final Path root = Path.of(System.getProperty("lab.root", "."));

  /** The short form and trials have other times, and stay out of the report. */
  private Results results() {
    return results(watcher());
  }

  private Results results(Watcher watcher) {
    String folder = watcher.folder() + (shortForm ? "-short" : "");
    return new Results(root.resolve("samples/lab/target").resolve(folder));
  }

  private Watcher watcher() {
    return withoutAgent ? Watcher.NONE : datadog ? Watcher.DATADOG : Watcher.WHORL;
  }

  public static void main(String[] args) {
    System.exit(new CommandLine(new Lab()).setExecutionExceptionHandler(Lab::failed).execute(args));
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    command.getErr().println("lab: " + e.getMessage());
    if (System.getenv("LAB_DEBUG") != null) {
      e.printStackTrace(command.getErr());
    }
    return 2;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<LabCase> all = new CaseFolders(root.resolve("samples/lab/cases")).all();
    List<LabCase> chosen =
        CaseFolders.matching(all, names).stream()
            .filter(one -> !shortForm || one.descriptor().inShortForm())
            .toList();
    if (list) {
      chosen.forEach(
          one ->
              System.out.printf(
                  "%-9s %-36s %s%n", one.kind().folder(), one.name(), one.descriptor().title()));
      return 0;
    }
    if (chosen.isEmpty()) {
      throw new IOException("no case is named " + names + "; see --list");
    }
    if (prepare) {
      return prepareAll(chosen);
    }
    if (report) {
      writeReport(all);
      return 0;
    }
    NetworkNamespace.check(root);
    if (withoutAgent) {
      return tryAll(chosen);
    }
    List<Verdict> verdicts = runAll(chosen);
    if (!noReport && !shortForm) {
      writeReport(all);
    }
    return verdicts.stream().allMatch(Verdict::passed) ? 0 : 1;
  }

  private void writeReport(List<LabCase> all) throws IOException {
    new DetectionPage(
            results(Watcher.WHORL).read(all, VERSIONS),
            results(Watcher.DATADOG).read(all, VERSIONS))
        .write(root.resolve("docs/detection.md"));
  }

  private int prepareAll(List<LabCase> cases) throws IOException {
    CasePreparation preparation = new CasePreparation(root, new MavenArtifacts());
    int failed = 0;
    for (LabCase one : cases) {
      try {
        preparation.prepare(one, VERSIONS.get(0), JavaHomes.of(VERSIONS.get(0)), mode(one));
      } catch (IOException | RepositoryException e) {
        failed++;
        System.out.println(one.name() + ": " + e.getMessage());
      }
    }
    System.out.println(cases.size() - failed + " of " + cases.size() + " cases can be run");
    return failed == 0 ? 0 : 1;
  }

  private int tryAll(List<LabCase> cases) throws IOException, InterruptedException {
    CasePreparation preparation = new CasePreparation(root, new MavenArtifacts());
    int failed = 0;
    for (int version : versions()) {
      Path home = JavaHomes.of(version);
      for (LabCase one : cases) {
        if (one.descriptor().runsOn(version)) {
          String problem = Judge.problem(one, observe(preparation, one, version, home));
          failed += problem == null ? 0 : 1;
          System.out.printf(
              "%-36s %d %s%n", one.name(), version, problem == null ? "works" : problem);
        }
      }
    }
    return failed == 0 ? 0 : 1;
  }

  private List<Integer> versions() throws IOException {
    return switch (java) {
      case "both" -> VERSIONS;
      case "17", "25" -> List.of(Integer.valueOf(java));
      default -> throw new IOException("--java is 17, 25 or both, not " + java);
    };
  }

  private List<Verdict> runAll(List<LabCase> cases) throws IOException, InterruptedException {
    CasePreparation preparation = new CasePreparation(root, new MavenArtifacts());
    TerminalTable table = new TerminalTable(System.out);
    List<CaseRuns.One> runs = new ArrayList<>();
    for (int version : versions()) {
      Path home = JavaHomes.of(version);
      for (LabCase one : cases) {
        if (one.descriptor().runsOn(version)) {
          runs.add(new CaseRuns.One(one, version, home));
        }
      }
    }
    table.head();
    List<Verdict> verdicts =
        new CaseRuns(
                one -> observe(preparation, one.which(), one.java(), one.home()), results(), table)
            .run(runs, jobs, onceMore);
    table.sums(verdicts);
    return verdicts;
  }

  private CasePreparation.Mode mode(LabCase one) {
    return new CasePreparation.Mode(
        watcher(), shortForm ? SHORT_CAPTURE_SECONDS : 0, seconds(one));
  }

  private int seconds(LabCase one) {
    if (trafficSeconds > 0) {
      return trafficSeconds;
    }
    int seconds = one.descriptor().seconds();
    return shortForm ? Math.min(seconds, SHORT_TRAFFIC_SECONDS) : seconds;
  }

  private Observation observe(CasePreparation preparation, LabCase one, int version, Path home)
      throws IOException, InterruptedException {
    Files.createDirectories(results().observation(one, version).getParent());
    try {
      return new CaseProcess(results())
          .run(one, preparation.prepare(one, version, home, mode(one)));
    } catch (IOException | RepositoryException e) {
      return new Observation(e.toString(), List.of(), List.of(), List.of(), null, 0);
    }
  }
}
