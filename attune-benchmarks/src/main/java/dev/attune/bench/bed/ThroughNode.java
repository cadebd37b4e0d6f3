package dev.attune.bench.bed;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The policy carried out by a node: the services are instances of an application there, tell it what they measure each ten
 * seconds, and take what it releases.
 */
final class ThroughNode implements Steering {
    private static final Pattern APPLIED = Pattern.compile("\"outcome\"\\s*:\\s*\"APPLY\"");
    private static final Pattern TRIPPED = Pattern.compile("only recommends");

    private final Centre centre;
    private final Bed bed;
    private final String application;
    private final String policy;

    /**
     * @param application of this run alone
     * @param policy its text, of an application {@code bed}
     */
    ThroughNode(Centre centre, Bed bed, String application, String policy) {
        this.centre = centre;
        this.bed = bed;
        this.application = application;
        this.policy = policy.replace("app: bed", "app: " + application);
    }

    @Override
    public List<String> arguments(int node) throws IOException {
        List<String> settings = bed.arguments(bed.usual());
        if (node == 0)
            put(
                    "application.yaml",
                    "pool:\n  size: " + settings.get(0) + "\nqueue:\n  bound: " + settings.get(1) + "\n");
        return centre.arguments(application, SignalFeed.instance(node));
    }

    @Override
    public void begin(List<ServiceProcess> nodes) throws IOException {
        put(bed.key() + ".policy", policy);
    }

    private void put(String file, String text) throws IOException {
        try {
            centre.put(application, file, text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public boolean elsewhere() {
        return true;
    }

    @Override
    public List<Integer> next(Look look) {
        return look.nodes().stream()
                .map(each -> bed.key().equals("pool")
                        ? each.stats().pool()
                        : each.stats().bound())
                .toList();
    }

    @Override
    public String remark() {
        try {
            String decisions = centre.decisions(application, bed.key());
            Matcher applied = APPLIED.matcher(decisions);
            int changes = 0;
            while (applied.find()) changes++;
            return changes + " changes by the node"
                    + (TRIPPED.matcher(decisions).find() ? ", tripped" : "");
        } catch (IOException e) {
            return "decisions not readable: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
