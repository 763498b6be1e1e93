package io.keyfold.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.keyfold.cli.output.Format;
import io.keyfold.cli.output.Table;
import io.keyfold.cli.process.Installation;
import io.keyfold.cli.vulnerability.BillOfMaterials;
import io.keyfold.cli.vulnerability.Component;
import io.keyfold.cli.vulnerability.OsvDump;
import io.keyfold.cli.vulnerability.Shipped;
import io.keyfold.cli.vulnerability.UnusableInput;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyfold vulnerabilities`: holds what is shipped against a dump of advisories.
@Command(
        name = "vulnerabilities",
        mixinStandardHelpOptions = true,
        description = "Holds each artefact that is shipped against advisories in the OSV format that you supply, for example"
                + " the all.zip of the ecosystem Maven from osv.dev, and names those that are about it. Fetches nothing; it"
                + " knows what the dump knows, up to the day it was made.")
final class VulnerabilitiesCommand implements Callable<Integer> {
    @Option(names = "--osv", required = true, paramLabel = "ZIP|DIR",
            description = "The advisories: a zip or a directory of OSV's JSON files.")
    private Path osv = Path.of("");

    @Option(names = "--sbom", paramLabel = "FILE",
            description = "Look at what this CycloneDX document (JSON) lists; may be repeated. Default: all that this"
                    + " installation ships, its broker and its registry included, for which the build's own bills of"
                    + " materials have to be there (mvn package, without -Dquick).")
    private List<Path> bills = List.of();

    @Option(names = {"-o", "--output"}, defaultValue = "TABLE", description = "table (default), json or yaml.")
    private Format format = Format.TABLE;

    @Override
    public Integer call() {
        Formats.refuseTfvars(format, "advisories");
        try {
            var components = components();
            var look = OsvDump.look(osv, components);
            System.out.println(format.isData() ? format.of(json(look, components)) : table(look, components));
            return exitCode(look);
        } catch (UnusableInput e) {
            throw new CommandFailure(ExitCode.USAGE, e.getMessage() + "; nothing was looked at", e.remedy());
        }
    }

    private NavigableSet<Component> components() {
        if (bills.isEmpty()) {
            return Shipped.by(Installation.locate());
        }
        var components = new TreeSet<Component>();
        for (Path file : bills) {
            var bill = BillOfMaterials.read(file);
            components.addAll(bill.components());
            if (bill.elsewhere() > 0) {
                System.err.println(
                        "keyfold: " + bill.elsewhere() + " components of " + file
                                + " are none of Maven's: not looked at");
            }
        }
        return components;
    }

    private int exitCode(OsvDump.Look look) {
        if (!look.unreadable().isEmpty()) {
            throw new CommandFailure(
                    ExitCode.UNHEALTHY, look.unreadable().size() + " JSON files in " + osv
                            + " are no advisories, so the view is not complete: " + look.unreadable().getFirst()
                            + (look.unreadable().size() > 1 ? " and others" : ""),
                    "Fetch the dump anew, or take away what does not belong there");
        }
        return look.matches().isEmpty() ? ExitCode.OK : ExitCode.VULNERABLE;
    }

    private static String table(OsvDump.Look look, NavigableSet<Component> components) {
        var table = new Table("ARTEFACT", "VERSION", "ADVISORY", "ALIASES", "SEVERITY", "FIXED IN", "SUMMARY");
        look.matches().forEach(
                match -> table.row(
                        match.component().name(), match.component().version(), match.id(),
                        orDash(match.aliases()), match.severity().isEmpty() ? "-" : match.severity(),
                        orDash(match.fixedIn()), match.summary()));
        int found = look.matches().size();
        return (table.isEmpty() ? "" : table + "\n\n") + components.size() + " artefacts held against "
                + look.aboutMaven() + " advisories about Maven's packages, the latest change of " + look.newest() + ": "
                + (found == 0 ? "none is about them." : found + (found == 1 ? " is" : " are") + " about them.");
    }

    private static String orDash(List<String> names) {
        return names.isEmpty() ? "-" : String.join(" ", names);
    }

    private static JsonNode json(OsvDump.Look look, NavigableSet<Component> components) {
        var json = JsonNodeFactory.instance.objectNode()
                .put("artefacts", components.size())
                .put("advisories", look.advisories())
                .put("advisories_about_maven", look.aboutMaven())
                .put("newest_change", look.newest());
        var matches = json.putArray("matches");
        for (var match : look.matches()) {
            var one = matches.addObject()
                    .put("name", match.component().name())
                    .put("version", match.component().version())
                    .put("id", match.id());
            match.aliases().forEach(one.putArray("aliases")::add);
            one.put("severity", match.severity()).put("summary", match.summary());
            match.fixedIn().forEach(one.putArray("fixed_in")::add);
        }
        look.unreadable().forEach(json.putArray("unreadable")::add);
        return json;
    }
}
