import org.kie.api.KieServices;
import org.kie.api.builder.KieBuilder;
import org.kie.api.builder.KieFileSystem;
import org.kie.api.runtime.KieContainer;
import org.kie.api.runtime.KieSession;
import whorl.lab.app.Web;

/** Decides by rules. */
public class App {
  public static void main(String[] args) throws Exception {
    KieServices services = KieServices.Factory.get();
    KieFileSystem files = services.newKieFileSystem();
    files.write(
        "src/main/resources/r.drl",
        "package rules\nrule \"long\" when $s : String(length > 3) then System.out.println($s); end\n");
    KieBuilder builder = services.newKieBuilder(files).buildAll();
    KieContainer container = services.newKieContainer(builder.getKieModule().getReleaseId());
    Web.create()
        .on(
            "/work",
            request -> {
              KieSession session = container.newKieSession();
              session.insert("lamp");
              int fired = session.fireAllRules();
              session.dispose();
              return fired;
            })
        .start();
  }
}
