package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiRequest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The keys that secret values are sealed with. */
final class SecretCommands {
    private SecretCommands() {}

    static CommandLine create(Context context) {
        CommandLine secret = Commands.group(
                "secret", "Keys of secret values, which are written as {secret}value and stored sealed.");
        secret.addSubcommand("new-key", new NewKey(context));
        secret.addSubcommand("rotate", new Rotate(context));
        return secret;
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Print a new key as a line for the file secret-keys in every node's data directory (chmod 600).",
                "The first line seals; keep older lines below it while releases sealed with them are wanted."
            })
    static final class NewKey implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "ID", description = "Its id: letters, digits and -.")
        String id = "";

        NewKey(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            if (!id.matches("[A-Za-z0-9-]{1,64}"))
                throw new IllegalArgumentException("id: " + id + " (expected: letters, digits and -)");
            byte[] key = new byte[32];
            new SecureRandom().nextBytes(key);
            context.terminal().print(id + " " + Base64.getEncoder().encodeToString(key));
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Seal the secret values of an application's current files again with the newest key.")
    static final class Rotate implements Callable<Integer> {
        private final Context context;

        @Parameters(index = "0", paramLabel = "ENV/APP", description = "The application.")
        String address = "";

        Rotate(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            String[] parts = address.split("/", -1);
            if (parts.length != 2)
                throw new IllegalArgumentException("application: " + address + " (expected: env/app)");
            JsonNode done = context.client()
                    .call(ApiRequest.of(
                            "POST",
                            "/api/v1/envs/" + ApiRequest.encode(parts[0]) + "/apps/" + ApiRequest.encode(parts[1])
                                    + "/secrets/rotate"));
            context.answer(done, () -> "sealed again: " + done.path("releases").size() + " files");
            return 0;
        }
    }
}
