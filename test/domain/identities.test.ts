/** Identity sources and permissions: what may be said of who may do what. */
import { describe, expect } from "vitest";
import { BOOTSTRAP_SOURCE } from "../../src/domain/identity-sources.ts";
import { FEATURES } from "../../src/domain/permissions.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { type Registry, scenario } from "./support/registry.ts";

const Parameters = { Issuer: "https://login.example", Audience: "oms" };
const SOURCE = { Code: "login", Authentication: "IdentityAuthentication_JWT", Parameters };
const ANN = { Source: "login", Identity: "User:ann" };

const source = (fields: object = {}) => ["DefineIdentitySource", { IdentitySource: { ...SOURCE, ...fields } }] as const;
const parameters = (changed: object) => source({ Parameters: { ...Parameters, ...changed } });
const permissions = (fields: object = {}) => ["DefinePermissions", { Permissions: { ...ANN, ...fields } }] as const;

describe("an identity source", () => {
  const longestCode = "x".repeat(LIMITS.FEED_NAME_CHARACTERS);
  const longestId = "x".repeat(LIMITS.ID_CHARACTERS);

  scenario("is named as feeds are, and not as the source that is built in", ({ common, refusesCommon }) => {
    common(...source({ Code: longestCode }));
    expect(BOOTSTRAP_SOURCE).toBe("bootstrap");
    for (const Code of [`${longestCode}x`, "a/b", "a@b", "..", "bootstrap"]) {
      refusesCommon("Field.Invalid Operation.IdentitySource.Code", ...source({ Code }));
    }
  });

  scenario("verifies JWTs: no other way is known", ({ refusesCommon }) => {
    const text = "Field.Invalid Operation.IdentitySource.Authentication";
    refusesCommon(text, ...source({ Authentication: undefined }));
    refusesCommon(text, ...source({ Authentication: "IdentityAuthentication_Unknown" }));
  });

  scenario("has an Issuer and an Audience, may have a JwksUri, and no other parameter", ({ common, refusesCommon }) => {
    const path = "Operation.IdentitySource.Parameters";
    common(...parameters({ JwksUri: "https://keys.example/jwks?version=2" }));
    refusesCommon(`Field.Missing ${path}.Issuer`, ...source({ Parameters: { Audience: "oms" } }));
    refusesCommon(`Field.Missing ${path}.Issuer`, ...source({ Parameters: undefined }));
    refusesCommon(`Field.Missing ${path}.Audience`, ...source({ Parameters: { Issuer: Parameters.Issuer } }));
    for (const name of ["issuer", "Secret", "constructor"]) {
      refusesCommon(`Field.Unknown ${path}.${name}`, ...parameters({ [name]: "x" }));
    }
    common(...parameters({ Audience: longestId }));
    for (const Audience of ["", `${longestId}x`]) {
      refusesCommon(`Field.Invalid ${path}.Audience`, ...parameters({ Audience }));
    }
  });

  describe.each(["Issuer", "JwksUri"])("%s", (name) => {
    scenario("is an https address, or an http one on loopback", ({ common, refusesCommon }) => {
      for (const good of [
        ...["https://login.example", "https://login.example:8443/realms/one", "https://LOGIN.example"],
        ...["http://localhost:3000", "http://127.0.0.1:3000/issuer", "http://[::1]:3000", "https://10.0.0.1/a@b"],
      ]) {
        common(...parameters({ [name]: good }));
      }
      for (const bad of [
        ...["", "login.example", "https://", "https:login.example", "https:///login.example", "ftp://login.example"],
        ...["http://login.example", "http://127.0.0.1.example", "http://localhost.example", "http://127.0.0.2"],
        ...["https://ann:secret@login.example", "https://ann@login.example", "https://@login.example"],
        ...["http://localhost@login.example", " https://login.example", "https://login.example/a b"],
        ...[
          "https:\\\\login.example",
          "http://localhost\\@login.example",
          "javascript:alert(1)",
          "https://a\nb.example",
        ],
      ]) {
        refusesCommon(`Field.Invalid Operation.IdentitySource.Parameters.${name}`, ...parameters({ [name]: bad }));
      }
    });
  });

  scenario("has an Issuer without query or fragment, for tokens name it as it is", ({ refusesCommon }) => {
    for (const rest of ["?realm=one", "?", "#", "#one"]) {
      const Issuer = `https://login.example/${rest}`;
      refusesCommon("Field.Invalid Operation.IdentitySource.Parameters.Issuer", ...parameters({ Issuer }));
    }
  });

  scenario("shares not both Issuer and Audience with another", ({ common, refusesCommon }) => {
    const text = "Field.Invalid Operation.IdentitySource.Parameters.Audience";
    const other = (changed: object) => source({ Code: "other", Parameters: { ...Parameters, ...changed } });
    common(...source());
    common(...source({ Name: "Anew" }));
    refusesCommon(text, ...other({}));
    common(...other({ Audience: "other" }));
    refusesCommon(text, ...other({}));
    refusesCommon(text, ...parameters({ Audience: "other" }));
    common(...other({ Issuer: "https://other.example" }));
    common("UndefineIdentitySource", { IdentitySource: { Code: "login" } });
    common(...other({}));
  });
});

describe("permissions", () => {
  const path = "Operation.Permissions";
  const withSource = (registry: Registry): Registry => {
    registry.common(...source());
    return registry;
  };

  scenario("are of a source that is defined", ({ common, refusesCommon }) => {
    refusesCommon(`Field.Invalid ${path}.Source`, ...permissions());
    common(...source());
    common(...permissions());
    refusesCommon(`Field.Invalid ${path}.Source`, ...permissions({ Source: "bootstrap" }));
    refusesCommon(`Field.Missing ${path}.Source`, ...permissions({ Source: undefined }));
  });

  scenario("can be undefined when their source is no more", ({ common, all }) => {
    common(...source());
    common(...permissions());
    common("UndefineIdentitySource", { IdentitySource: { Code: "login" } });
    common("UndefinePermissions", { Permissions: ANN }, { mustExist: true });
    expect(all("identity")).toEqual([]);
  });

  scenario("are of a user or of a client", (registry) => {
    const { common, refusesCommon } = withSource(registry);
    const longest = `User:${"x".repeat(LIMITS.ID_CHARACTERS - "User:".length)}`;
    for (const Identity of ["User:ann", "Client:desk", "User:a b/c@d", longest]) common(...permissions({ Identity }));
    for (const Identity of ["ann", "User:", "Client:", "user:ann", "Role:User:ann", `${longest}x`]) {
      refusesCommon(`Field.Invalid ${path}.Identity`, ...permissions({ Identity }));
    }
    refusesCommon(`Field.Missing ${path}.Identity`, ...permissions({ Identity: undefined }));
  });

  scenario("name Owners, exchanges, features and feeds", (registry) => {
    const all = {
      Owners: ["XS", "not yet defined"],
      Exchanges: ["ASX", "x".repeat(LIMITS.ID_CHARACTERS)],
      Features: [...FEATURES],
      Feeds: ["asx", "x".repeat(LIMITS.FEED_NAME_CHARACTERS)],
    };
    withSource(registry).common(...permissions(all));
    expect(registry.all("identity")).toEqual([{ ...ANN, ...all, Identity: "User:ann" }]);
  });

  describe.each([
    ["Owners", "XS", ["", "a/b", "a@b", "x".repeat(LIMITS.OWNER_ID_CHARACTERS + 1)]],
    ["Exchanges", "ASX", ["", "x".repeat(LIMITS.ID_CHARACTERS + 1)]],
    ["Features", "Admin", ["", "admin", "Root", "toString"]],
    ["Feeds", "asx", ["", "a/b", "oms", "system", "x".repeat(LIMITS.FEED_NAME_CHARACTERS + 1)]],
  ] as const)("%s", (list, good, bad) => {
    scenario("an item that is invalid, or there already, is refused by its index", (registry) => {
      const { common, refusesCommon } = withSource(registry);
      common(...permissions({ [list]: [good] }));
      for (const item of [...bad, good]) {
        refusesCommon(`Field.Invalid ${path}.${list}[1]`, ...permissions({ [list]: [good, item] }));
      }
      refusesCommon(`Field.Invalid ${path}.${list}[0]`, ...permissions({ [list]: [bad[0], good] }));
    });
  });
});
