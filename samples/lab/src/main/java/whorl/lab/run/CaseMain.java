package whorl.lab.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import whorl.lab.prepare.CasePlan;
import whorl.lab.verdict.Observation;

/** Runs one case inside its network namespace: reads the plan, writes what was observed. */
final class CaseMain {
  private CaseMain() {}

  public static void main(String[] args) throws IOException {
    ObjectMapper json = new ObjectMapper();
    CasePlan plan = json.readValue(new File(args[0]), CasePlan.class);
    Observation observation = new CaseRun(plan).run();
    json.writerWithDefaultPrettyPrinter().writeValue(new File(args[1]), observation);
    // threads of HTTP clients may still run
    System.exit(0);
  }
}
