package whorl.lab.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import whorl.lab.cases.LabCase;
import whorl.lab.prepare.CasePlan;
import whorl.lab.report.Results;
import whorl.lab.verdict.Observation;

/** Starts {@link CaseMain} in a network namespace and reads what it observed. */
public final class CaseProcess {
  private static final long RUN_SECONDS = 330;

  private final Results results;

  public CaseProcess(Results results) {
    this.results = results;
  }

  public Observation run(LabCase one, CasePlan plan) throws IOException, InterruptedException {
    Path work = Path.of(plan.work());
    Path planFile = work.resolve("plan.json");
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(planFile.toFile(), plan);
    Path observed = results.observation(one, plan.java());
    Files.deleteIfExists(observed);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(CaseMain.class.getName(), planFile.toString(), observed.toString()));
    List<String> addresses = new ArrayList<>(List.of(CaseRun.ATTACKER));
    addresses.addAll(plan.descriptor().addresses());
    ProcessBuilder builder = new ProcessBuilder(NetworkNamespace.wrap(addresses, command));
    try (ChildProcess process = ChildProcess.start("case", builder, work.resolve("case.log"))) {
      long seconds = RUN_SECONDS + plan.seconds();
      if (!process.awaitEnd(seconds) || !Files.exists(observed)) {
        throw new IOException("the case came to no end in " + seconds + " s; " + process.tail());
      }
    }
    return results.readObservation(observed);
  }
}
