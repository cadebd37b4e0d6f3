package dev.attune.cli.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.SafeText;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigChange;
import dev.attune.model.config.FileContent;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        mixinStandardHelpOptions = true,
        description = "Print what changes for an application's instances as it happens, until Ctrl-C.")
final class WatchCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    SubscriptionOptions subscription = new SubscriptionOptions();

    @Option(names = "--count", paramLabel = "N", description = "End after so many changes.")
    int count;

    WatchCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        var left = new CountDownLatch(count > 0 ? count : 1);
        try (AttuneClient client = subscription.client(context.connection());
                Config config = subscription.open(client)) {
            config.onChange(change -> {
                if (count > 0 && left.getCount() == 0) return;
                show(change);
                if (count > 0) left.countDown();
            });
            context.terminal()
                    .say("watching " + subscription.environment + "/" + subscription.application + " from revision "
                            + config.revision() + " on");
            left.await();
        }
        return 0;
    }

    private void show(ConfigChange change) {
        if (context.json()) {
            context.terminal().print(Json.line(json(change)));
            return;
        }
        var text = new StringBuilder("revision " + change.after().revision());
        for (String name : change.changedFiles()) {
            FileContent file = change.after().files().get(name);
            text.append("  ").append(name).append(file == null ? " deleted" : " release " + file.release());
        }
        for (String key : change.changedKeys()) {
            text.append("\n  ").append(key).append(": ");
            text.append(change.oldValue(key).orElse("(none)")).append(" → ");
            text.append(change.newValue(key).orElse("(none)"));
        }
        context.terminal().print(SafeText.of(text.toString()));
    }

    private static ObjectNode json(ConfigChange change) {
        ObjectNode json = Json.object().put("revision", change.after().revision());
        ArrayNode files = json.putArray("files");
        for (String name : change.changedFiles()) {
            FileContent file = change.after().files().get(name);
            ObjectNode each = files.addObject().put("file", name);
            if (file == null) each.put("deleted", true);
            else each.put("cluster", file.cluster()).put("release", file.release());
        }
        ObjectNode keys = json.putObject("keys");
        for (String key : change.changedKeys()) {
            ObjectNode each = keys.putObject(key);
            change.oldValue(key).ifPresent(value -> each.put("old", value));
            change.newValue(key).ifPresent(value -> each.put("new", value));
        }
        return json;
    }
}
