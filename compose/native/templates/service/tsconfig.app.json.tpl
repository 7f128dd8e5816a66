{
  "extends": "../../tsconfig.json",
  "compilerOptions": {
    "rootDir": "../..",
    "outDir": "../../dist",
    "noEmit": false
  },
  "include": ["src"],
  "exclude": ["**/*.spec.ts"]
}
